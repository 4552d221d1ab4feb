import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefused } from '../refused.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { damaged, type Frame, frameBytes, framesOf } from './frame.ts'
import { checkHead, type Manifest, type SavedImage } from './manifest.ts'
import {
  collectionOf,
  fits,
  idsOf,
  type Named,
  namedOf,
  rowBytes,
  type Settled,
} from './operation.ts'

/** A collection as the files hold it. */
export interface Folded {
  readonly name: string
  readonly number: number
  readonly options: Settled
  /** Files that it began from. */
  readonly snapshots: readonly string[]
  /** Id → place of its row; null while the snapshots hold it as it is. */
  rows: Map<number, number> | null
  /** Of an index of what the snapshots hold, if there is one; then the ids in them, once they are read. */
  readonly image?: SavedImage | undefined
  snapshotIds: number[]
}

/** What snapshots and log come to. Rows are known by their places: no vector is held. */
export interface Fold {
  readonly catalog: Catalog<Folded>
  /**
   * Applies one frame of a file of the log, as the server did; what was refused then is passed over now. Rejects where it holds no
   * operation.
   */
  apply(frame: Frame, file: string): Promise<void>
  /** Id → place, read from the snapshots if no operation has asked for them before. */
  rowsOf(collection: Folded): Promise<Map<number, number>>
  /** Is it in the log? Else it is in a snapshot. */
  isLogged(place: number): boolean
  /** Where a place is. */
  at(place: number): { readonly file: string; readonly offset: number }
}

/** Awaited after so many bytes more. */
export type Read = (bytes: number) => Promise<void> | void

/** A place is one number: that of the file, and the offset of the row in it. */
const FILE = 2 ** 40

export const createFold = (
  dir: string,
  { collections, aliases }: Manifest,
  read: Read = () => {},
): Fold => {
  const catalog = createCatalog<Folded>()
  const byNumber = new Map<number, Folded>()
  const files: string[] = []

  /** Whole, and yet no operation on what is there. */
  const damagedBy = (frame: Frame, file: string, cause?: unknown): Error =>
    damaged(join(dir, file), frame.end - frameBytes(frame.payload), cause)
  const add = (folded: Folded): void => {
    catalog.add(folded.name, folded)
    byNumber.set(folded.number, folded)
  }
  for (const collection of collections) add({ ...collection, rows: null, snapshotIds: [] })
  for (const [alias, name] of Object.entries(aliases)) catalog.alias(alias, name)

  const put = (rows: Map<number, number>, frame: Frame, file: string, bytes: number): void => {
    if (!files.includes(file)) files.push(file)
    const begin = files.indexOf(file) * FILE + frame.end - frame.payload.length
    for (const [id, at] of idsOf(frame.payload, bytes)) rows.set(id, begin + at)
  }
  const rowsOf = async (folded: Folded): Promise<Map<number, number>> => {
    if (folded.rows) return folded.rows
    const rows = new Map<number, number>()
    const bytes = rowBytes(folded.options.dimensions)
    for (const file of folded.snapshots) {
      const path = join(dir, file)
      for (const frame of await snapshotFrames(path)) {
        const isOurs = fits(frame.payload, bytes) && collectionOf(frame.payload) === folded.number
        if (!isOurs) throw damagedBy(frame, file)
        put(rows, frame, file, bytes)
        await read(frameBytes(frame.payload))
      }
    }
    if (folded.image) folded.snapshotIds = [...rows.keys()]
    folded.rows = rows
    return rows
  }
  const change = async (frame: Frame, file: string): Promise<void> => {
    if (!fits(frame.payload)) throw damagedBy(frame, file)
    const folded = byNumber.get(collectionOf(frame.payload))
    if (!folded) return
    const bytes = frame.kind === 'upsert' ? rowBytes(folded.options.dimensions) : 4
    if (!fits(frame.payload, bytes)) throw damagedBy(frame, file)
    const rows = await rowsOf(folded)
    if (frame.kind === 'clear') rows.clear()
    if (frame.kind === 'upsert') put(rows, frame, file, bytes)
    if (frame.kind === 'delete') for (const [id] of idsOf(frame.payload, 4)) rows.delete(id)
  }
  const rename = (named: Named, number: number): void => {
    const { kind, name } = named
    if (kind === 'alias') catalog.alias(named.alias, name)
    else if (kind === 'drop') byNumber.delete(catalog.drop(name)?.number ?? 0)
    else if (!catalog.lookUp(name)) {
      add({ name, number, options: named.options, snapshots: [], snapshotIds: [], rows: new Map() })
    }
  }
  return {
    catalog,
    rowsOf,
    apply: async (frame, file) => {
      if (['upsert', 'delete', 'clear'].includes(frame.kind)) return await change(frame, file)
      try {
        rename(namedOf(frame), frame.number)
      } catch (error) {
        if (!isRefused(error)) throw damagedBy(frame, file, error)
      }
    },
    isLogged: (place) => files[Math.floor(place / FILE)]!.startsWith('log-'),
    at: (place) => ({ file: files[Math.floor(place / FILE)]!, offset: place % FILE }),
  }
}

/** The frames of rows in a snapshot, which is whole or damaged. */
const snapshotFrames = async (path: string): Promise<Frame[]> => {
  const frames = [...framesOf(await readFile(path), path, 0, false)]
  if (frames.at(-1)?.kind !== 'end') throw new Error(`${path} is damaged: its end is missing`)
  checkHead(frames[0]!, path)
  return frames.slice(1, -1)
}
