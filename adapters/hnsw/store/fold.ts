import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefused } from '../refused.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { type Frame, frameBytes, framesOf, payloadJson } from './frame.ts'
import { checkFormat, type Manifest } from './manifest.ts'
import { collectionOf, idsOf, rowBytes, type Settled } from './operation.ts'

/** A collection as the files hold it. */
export interface Folded {
  readonly name: string
  readonly number: number
  readonly options: Settled
  /** Files that it began from. */
  readonly snapshots: readonly string[]
  /** Id → place of its row; null while the snapshots hold it as it is. */
  rows: Map<number, number> | null
}

/** What snapshots and log come to. Rows are known by their places: no vector is held. */
export interface Fold {
  readonly catalog: Catalog<Folded>
  /** Applies one frame of a file of the log, as the server did; what was refused then is passed over now. */
  apply(frame: Frame, file: string): Promise<void>
  /** Id → place, read from the snapshots if no operation has asked for them before. */
  rowsOf(collection: Folded): Promise<Map<number, number>>
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

  const add = (folded: Folded): void => {
    catalog.add(folded.name, folded)
    byNumber.set(folded.number, folded)
  }
  for (const collection of collections) add({ ...collection, rows: null })
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
      for (const frame of await snapshotFrames(join(dir, file))) {
        put(rows, frame, file, bytes)
        await read(frameBytes(frame.payload))
      }
    }
    folded.rows = rows
    return rows
  }
  const change = async (frame: Frame, file: string): Promise<void> => {
    const folded = byNumber.get(collectionOf(frame.payload))
    if (!folded) return
    if (frame.kind === 'clear') folded.rows = new Map()
    const rows = await rowsOf(folded)
    if (frame.kind === 'upsert') put(rows, frame, file, rowBytes(folded.options.dimensions))
    if (frame.kind === 'delete') for (const [id] of idsOf(frame.payload, 4)) rows.delete(id)
  }
  const rename = ({ kind, number, payload }: Frame): void => {
    const { name, alias, options } = payloadJson(payload) as {
      name: string
      alias: string
      options: Settled
    }
    if (kind === 'alias') catalog.alias(alias, name)
    else if (kind === 'drop') byNumber.delete(catalog.drop(name)?.number ?? 0)
    else if (!catalog.lookUp(name)) add({ name, number, options, snapshots: [], rows: new Map() })
  }
  return {
    catalog,
    rowsOf,
    apply: async (frame, file) => {
      if (['upsert', 'delete', 'clear'].includes(frame.kind)) return await change(frame, file)
      try {
        rename(frame)
      } catch (error) {
        if (!isRefused(error)) throw error
      }
    },
    at: (place) => ({ file: files[Math.floor(place / FILE)]!, offset: place % FILE }),
  }
}

/** The frames of rows in a snapshot, which is whole or damaged. */
const snapshotFrames = async (path: string): Promise<Frame[]> => {
  const frames = [...framesOf(await readFile(path), path, 0, false)]
  if (frames.at(-1)?.kind !== 'end') throw new Error(`${path} is damaged: its end is missing`)
  checkFormat(frames[0]!, path)
  return frames.slice(1, -1)
}
