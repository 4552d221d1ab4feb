import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Fold, Folded } from './fold.ts'
import { logName, MANIFEST, replaceFile, snapshotName, sweep } from './folder.ts'
import { oneFrame } from './frame.ts'
import { hasImage, type Images, imageAnew, LEAST_ROWS, writeImage } from './image.ts'
import type { Checkpointed } from './journal.ts'
import {
  headFrame,
  type Manifest,
  readManifest,
  type SavedImage,
  writeManifest,
} from './manifest.ts'
import { packRows, rowBytes } from './operation.ts'
import { replay } from './replay.ts'
import { readRows } from './rows.ts'

/** A snapshot goes on in another file from here on. */
const PART_BYTES = 2 ** 28
const FRAME_BYTES = 2 ** 18

/**
 * Folds the closed segments of the log, which end with `number`, into snapshots, one or more a collection. It works on files alone:
 * what is written meanwhile is behind that number. The manifest makes it count, in one step; then the folded segments are removed.
 */
export const checkpoint = async (
  dir: string,
  number: number,
  images: Images = new Map(),
): Promise<Checkpointed> => {
  const { fold } = await replay(dir, await readManifest(dir), number)
  const collections: Manifest['collections'][number][] = []
  let rows = 0
  let bytes = 0
  try {
    for (const folded of fold.catalog.things.values()) {
      const snapshot = await snapshotOf(dir, fold, folded, number)
      const { name, number: created, options } = folded
      const image = await imageOf(dir, fold, folded, number, images)
      collections.push({ name, number: created, options, snapshots: snapshot.files, image })
      rows += snapshot.rows
      bytes += snapshot.bytes + (image === folded.image ? 0 : (image?.bytes ?? 0))
    }
    const aliases = Object.fromEntries(fold.catalog.aliases)
    await writeManifest(dir, { number, collections, aliases })
  } finally {
    await sweepOutdated(dir, await readManifest(dir))
  }
  return { sequence: number, rows, bytes }
}

const THREAD = new URL(
  `./checkpoint-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
)

/** The same in a thread of its own. */
export const checkpointInThread = async (dir: string, number: number): Promise<Checkpointed> => {
  const thread = new Worker(THREAD, { workerData: { dir, number } })
  const [done] = await once(thread, 'message')
  return done as Checkpointed
}

/** Removes what the manifest has made superfluous, or what never came to count. */
export const sweepOutdated = async (dir: string, manifest: Manifest): Promise<void> => {
  const named = manifest.collections.flatMap(({ snapshots, image }) => [
    ...snapshots,
    ...(image?.files ?? []),
  ])
  const needed = new Set(named)
  const oldest = logName(manifest.number + 1)
  await sweep(
    dir,
    (name) => name === MANIFEST || needed.has(name) || (name.startsWith('log-') && name >= oldest),
  )
}

/** The image that goes with the snapshots: the one that was there, one that is offered, or one made from the rows; none where it is not worth it. */
const imageOf = async (
  dir: string,
  fold: Fold,
  folded: Folded,
  number: number,
  images: Images,
): Promise<SavedImage | undefined> => {
  if (folded.options.kind !== 'hnsw') return undefined
  if (folded.rows === null && hasImage(dir, folded)) return folded.image
  const offered = images.get(folded.number)
  if (offered) return await writeImage(dir, folded, number, await offered())
  if ((await fold.rowsOf(folded)).size < LEAST_ROWS) return undefined
  const made = await imageAnew(dir, fold, folded).catch((error: unknown) => {
    // Memory for a second index is not always there, and the rows are enough.
    if (error instanceof RangeError) return null
    throw error
  })
  return made ? await writeImage(dir, folded, number, made) : undefined
}

interface Snapshot {
  readonly files: readonly string[]
  /** Written now; 0 where nothing has changed. */
  readonly rows: number
  readonly bytes: number
}

const snapshotOf = async (
  dir: string,
  fold: Fold,
  folded: Folded,
  number: number,
): Promise<Snapshot> => {
  if (!folded.rows) return { files: folded.snapshots, rows: 0, bytes: 0 }
  const stride = rowBytes(folded.options.dimensions)
  const rows = readRows(dir, fold, folded.rows.values(), stride)
  const files: string[] = []
  let left = folded.rows.size
  let bytes = 0
  try {
    while (left > 0) {
      const inPart = Math.min(left, Math.ceil(PART_BYTES / stride))
      const name = snapshotName(folded.number, number, files.length)
      await replaceFile(dir, name, async (file) => {
        bytes += await writePart(file, name, folded.number, rows, inPart, stride)
      })
      files.push(name)
      left -= inPart
    }
  } finally {
    rows.return()
  }
  return { files, rows: folded.rows.size, bytes }
}

/** Head, frames of rows, end. Returns its bytes. */
const writePart = async (
  file: FileHandle,
  name: string,
  collection: number,
  rows: Iterator<Buffer, void>,
  count: number,
  stride: number,
): Promise<number> => {
  const head = headFrame(0, name)
  await file.writeFile(head)
  let bytes = head.length
  let number = 0
  const write = async (kind: 'upsert' | 'end', payload: Buffer): Promise<void> => {
    number += 1
    const frame = oneFrame({ number, kind, synced: number, payload })
    await file.writeFile(frame)
    bytes += frame.length
  }
  const inFrame = Math.ceil(FRAME_BYTES / stride)
  for (let left = count; left > 0; left -= inFrame) {
    await write('upsert', packRows(collection, rows, Math.min(left, inFrame), stride))
  }
  await write('end', Buffer.alloc(0))
  return bytes
}
