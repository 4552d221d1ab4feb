import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Metric } from '../../harness/model/index.ts'
import { refusePacked } from './refuse.ts'

/** What a packed dataset holds; beside it in its folder lie rows.fbin, queries.fbin and, where given, neighbors.ibin. */
export interface Unpacked {
  /** Null where the file does not say. */
  readonly metric: Metric | null
  /** First row or query of nothing but zeros, which has no cosine; −1 where there is none. */
  readonly zero: { readonly rows: number; readonly queries: number }
  /** Given neighbours of each query; 0 = none are given. */
  readonly neighbours: number
  /** What a person should know of how it was read. */
  readonly note: string | null
}

export interface Folder extends Unpacked {
  readonly dir: string
}

/** Raised whenever what is unpacked would come out otherwise. */
const VERSION = 1
const META = 'unpacked.json'

const root = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'driftmark', 'datasets')

/**
 * Unpacks files once, so that rows can be read by range, by any thread, from then on. The folder is known by the paths,
 * sizes and times of the files; it appears only when it is whole.
 *
 * @param unpack writes into a folder
 */
export const unpackOnce = async (
  kind: string,
  paths: readonly string[],
  unpack: (dir: string) => Promise<Unpacked>,
): Promise<Folder> => {
  const dir = join(root(), digestOf(kind, paths))
  const known = metaOf(dir)
  if (known) return { ...known, dir }
  mkdirSync(root(), { recursive: true })
  const scratch = mkdtempSync(`${dir}-`)
  try {
    const made = await unpack(scratch)
    writeFileSync(join(scratch, META), JSON.stringify(made))
    if (metaOf(dir) === null) renameSync(scratch, dir)
    return { ...made, dir }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const digestOf = (kind: string, paths: readonly string[]): string => {
  const files = paths.map((path) => {
    const { size, mtimeMs } = statOf(path)
    return [resolve(path), size, mtimeMs]
  })
  const hash = createHash('sha256').update(JSON.stringify([VERSION, kind, files]))
  return `${kind}-${hash.digest('hex').slice(0, 24)}`
}

const statOf = (path: string) => {
  try {
    return statSync(path)
  } catch (error) {
    throw refusePacked(
      path,
      'its beginning',
      `it cannot be read: ${(error as Error).message}`,
      error,
    )
  }
}

const metaOf = (dir: string): Unpacked | null => {
  const file = join(dir, META)
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null
  return JSON.parse(readFileSync(file, 'utf8')) as Unpacked
}
