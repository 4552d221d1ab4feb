import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from '../engine/index.ts'
import { indexOf, signatureOf } from '../index-of.ts'
import type { Fold, Folded } from './fold.ts'
import { imageName, replaceFile } from './folder.ts'
import { type Frame, framesOf, oneFrame } from './frame.ts'
import { checkHead, headFrame, type SavedImage } from './manifest.ts'
import { rowBytes } from './operation.ts'
import { type PlacedRow, rowsAt } from './rows.ts'
import { takeTurns } from './turns.ts'

/** Images of indexes by the numbers of their collections, taken when they are asked for. */
export type Images = ReadonlyMap<number, () => Image | Promise<Image>>

/** An index of fewer rows is built anew sooner than its image is worth a file. */
export const LEAST_ROWS = 1000

/** An image goes on in another file from here on. */
const PART_BYTES = 2 ** 28
const FRAME_BYTES = 2 ** 22

/** Writes an image beside what there is: it counts when the manifest names it. */
export const writeImage = async (
  dir: string,
  { number: collection, options }: Folded,
  number: number,
  image: Image,
): Promise<SavedImage> => {
  const files: string[] = []
  for (const part of image.flatMap(partsOf)) {
    const name = imageName(collection, number, files.length)
    await replaceFile(dir, name, async (file) => {
      await file.writeFile(headFrame(0, name))
      let at = 1
      for (let begin = 0; begin < part.length; begin += FRAME_BYTES, at++) {
        const payload = part.subarray(begin, begin + FRAME_BYTES)
        await file.writeFile(oneFrame({ number: at, kind: 'image', synced: at, payload }))
      }
      await file.writeFile(
        oneFrame({ number: at, kind: 'end', synced: at, payload: Buffer.alloc(0) }),
      )
    })
    files.push(name)
  }
  const segments = image.map(({ length }) => length)
  const bytes = segments.reduce((sum, length) => sum + length, 0)
  return { signature: signatureOf(options), bytes, segments, files }
}

const partsOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer[] => {
  const whole = Buffer.from(buffer, byteOffset, length)
  return Array.from({ length: Math.ceil(length / PART_BYTES) }, (_, i) =>
    whole.subarray(i * PART_BYTES, (i + 1) * PART_BYTES),
  )
}

/** Is there an image that an index of these options can go on from? A file that is not there is no damage: rows are all that is needed. */
export const hasImage = (dir: string, { image, options }: Folded): boolean =>
  image?.signature === signatureOf(options) &&
  image.files.every((file) => statSync(join(dir, file), { throwIfNoEntry: false }) !== undefined)

/** The image that the files hold, read while others get their turns. Rejects, naming file and byte, where one is damaged. */
export const readImage = async (
  dir: string,
  { bytes, segments = [bytes], files }: SavedImage,
): Promise<Image> => {
  const image = segments.map((length) => new Uint8Array(length))
  const turn = takeTurns()
  let [segment, at, read] = [0, 0, 0]
  for (const file of files) {
    for await (const payload of payloadsOf(join(dir, file))) {
      if (at === segments[segment]) [segment, at] = [segment + 1, 0]
      image[segment]?.set(payload, at)
      at += payload.length
      read += payload.length
      await turn()
    }
  }
  if (read !== bytes)
    throw new Error(`${join(dir, files[0]!)} is damaged: its parts do not make one image`)
  return image
}

/** What stands in the file between its head and its end. */
async function* payloadsOf(path: string): AsyncGenerator<Buffer, void> {
  let before: Frame | undefined
  for (const frame of framesOf(await readFile(path), path, 0, false)) {
    if (!before) checkHead(frame, path)
    else if (before.kind !== 'head') yield before.payload
    before = frame
  }
  if (before?.kind !== 'end') throw new Error(`${path} is damaged: its end is missing`)
}

/** What has to be done to the image of a collection, or to an empty index where it has none, to have the rows that it has. */
export interface Difference {
  readonly image: (() => Promise<Image>) | null
  /** Ids of the image that are gone. */
  readonly gone: readonly number[]
  /** How many rows are not in the image as they are. */
  readonly count: number
  readonly rows: Iterable<PlacedRow>
}

export const differenceOf = async (
  dir: string,
  fold: Fold,
  folded: Folded,
): Promise<Difference> => {
  const rows = await fold.rowsOf(folded)
  const { image, options, snapshotIds } = folded
  const stride = rowBytes(options.dimensions)
  const all = {
    image: null,
    gone: [],
    count: rows.size,
    rows: rowsAt(dir, fold, rows.values(), stride),
  }
  if (!image || !hasImage(dir, folded)) return all
  const places = [...rows.values()].filter((place) => fold.isLogged(place))
  return {
    image: () => readImage(dir, image),
    gone: snapshotIds.filter((id) => !rows.has(id)),
    count: places.length,
    rows: rowsAt(dir, fold, places, stride),
  }
}

/** The image of an index that has the rows of the collection, made from the one before: the index that is served is left alone. */
export const imageAnew = async (dir: string, fold: Fold, folded: Folded): Promise<Image> => {
  const { image, gone, rows } = await differenceOf(dir, fold, folded)
  const index = indexOf(folded.options, await image?.())
  for (const id of gone) index.delete(id)
  for (const { id, version, vector } of rows) index.upsert(id, version, vector)
  const { consolidation } = folded.options
  const { tombstones, live } = index.stats()
  if (consolidation !== 'off' && tombstones > consolidation * live)
    for (const _ of index.compaction());
  return index.image()
}
