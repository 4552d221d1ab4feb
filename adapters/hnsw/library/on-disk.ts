import { checkEngine } from '../engine/index.ts'
import type { Image } from '../engine/types.ts'
import type { CollectionOptions } from '../json.ts'
import type { Checkpointed } from '../store/checkpointed.ts'
import { isNew } from '../store/folder.ts'
import { LEAST_ROWS } from '../store/image.ts'
import type { Journal } from '../store/journal.ts'
import { SETTLED, type Settled } from '../store/operation.ts'
import { openStore } from '../store/store.ts'
import { readSync, type Sync } from '../store/sync.ts'
import { takeTurns } from '../store/turns.ts'
import { checkNames, floats, KEPT, type KeptSettings, type Vector, whole } from './checked.ts'
import type { Found, HnswIndex, HnswSettings, SearchSettings } from './hnsw-index.ts'

export interface OpenSettings extends Partial<KeptSettings> {
  /** When a write is made to outlast the machine: before its promise resolves (`always`, the default), every so many milliseconds, or `never`. */
  readonly sync?: Sync
}

/**
 * An HNSW index that a folder keeps: a log of what is written, with checksums, and snapshots. A write that has resolved is searchable, and is
 * there again after any end of this process; `sync` says whether also after an end of the machine. What does not fit (a dimension, a
 * value that is not finite, an id, memory) rejects with a RangeError, a full disk and a failed one with an Error that has a `code`; nothing
 * has changed then. One process at a time has the folder.
 */
export interface HnswOnDisk {
  readonly dimensions: number
  readonly metric: HnswIndex['metric']
  /** How durable a write is that has resolved, in words. */
  readonly durability: string
  /** What was cut off the end of the log when it was opened, in a sentence: a crash left it, or damage. Null if nothing was. */
  readonly cut: string | null
  /** Rows that searches can return. */
  readonly size: number
  has(id: number): boolean
  /** Stores a new row; rejects if there is one of that id. Versions are whole numbers from −2³¹ to 2³¹ − 1. */
  add(id: number, vector: Vector, version?: number): Promise<void>
  /** Stores the row in the place of the one that has this id, if there is one. */
  upsert(id: number, vector: Vector, version?: number): Promise<void>
  /** False if there was no such row. */
  delete(id: number): Promise<boolean>
  /** The k nearest rows, fewer only where the index has fewer. */
  search(vector: Vector, k: number, settings?: SearchSettings): Found
  searchBatch(vectors: readonly Vector[], k: number, settings?: SearchSettings): Found[]
  /** Writes the index to a file that `HnswIndex.load` reads. */
  save(path: string): Promise<void>
  /** Takes all tombstones out at once, and finishes what was under way. */
  compact(): void
  stats: HnswIndex['stats']
  shape: HnswIndex['shape']
  /** Folds the log into snapshots, in a thread of its own; it happens by itself as the log grows. */
  checkpoint(): Promise<Checkpointed>
  /** Resolves when what was asked has happened and lasts; the folder is free then. What is asked of it later rejects, but for another `close`. */
  close(): Promise<void>
}

/** The collection of the folder that the index is: a server on the folder serves it under this name. */
const NAME = 'rows'

const NAMES: readonly string[] = Object.keys({
  ...KEPT,
  sync: 0,
} satisfies Record<keyof OpenSettings, 0>)

/**
 * Opens what the folder keeps, or begins there. Rejects where the folder cannot be written, is in use, is damaged, or has other settings: it
 * keeps what it kept then, and one that is new is not begun.
 */
export const openOnDisk = async (
  folder: string,
  asked: OpenSettings,
  create: (settings: HnswSettings, image?: Image) => HnswIndex,
): Promise<HnswOnDisk> => {
  checkNames(asked, NAMES)
  if (folder === '') throw new RangeError('hnsw: the folder has no name')
  const { sync: when = 'always', ...settings } = asked
  const sync = readSync(`${when}`)
  // What cannot be made leaves no trace.
  if (await isNew(folder)) {
    checkEngine()
    optionsOf(settings, folder)
  }
  const turn = takeTurns()
  const journal = await openStore(folder, { sync, advance: turn })
  try {
    const found = journal.restored.collections.find(({ name }) => name === NAME)
    const options = found
      ? settingsOf(found.options, settings, folder)
      : optionsOf(settings, folder)
    const index = create(ownOf(options), await found?.image?.())
    for (const id of found?.gone ?? []) index.delete(id)
    const number = found?.number ?? (await begin(journal, options))
    for (const { id, version, vector } of found?.rows ?? []) {
      index.upsert(id, vector, version)
      await turn()
    }
    return onDisk(folder, journal, index, number)
  } catch (error) {
    await journal.close()
    throw error
  }
}

const begin = (journal: Journal, options: Settled): Promise<number> =>
  journal.commit({ kind: 'create', name: NAME, options }, (number) => number)

/** What an index in memory is made with: kind and hot tier are for the server. */
const ownOf = ({ kind: _, tiered: __, ...own }: Settled): HnswSettings => own

/** Settings of an index that is new. */
const optionsOf = (
  { dimensions, metric = 'l2', ...more }: Partial<KeptSettings>,
  folder: string,
) => {
  if (dimensions === undefined) {
    throw new RangeError(`hnsw: ${folder} keeps no index yet: give its dimensions`)
  }
  const read = SETTLED.safeParse({ dimensions, metric, seed: 0, ...more })
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  throw new RangeError(`hnsw: ${path.join('.')}: ${message}`)
}

/** Settings of one that is there, which are those that it began with. */
const settingsOf = (kept: Settled, asked: Partial<KeptSettings>, folder: string): Settled => {
  for (const [key, value] of Object.entries(asked) as [keyof CollectionOptions, unknown][]) {
    if (value === undefined || kept[key] === value) continue
    throw new RangeError(
      `hnsw: the index in ${folder} has ${key} ${kept[key] ?? 'by default'}, not ${value}`,
    )
  }
  return kept
}

const onDisk = (
  folder: string,
  journal: Journal,
  index: HnswIndex,
  collection: number,
): HnswOnDisk => {
  const { dimensions, metric } = index
  let closed: Promise<void> | null = null
  const open = (): Journal => {
    if (closed) throw new Error(`hnsw: the index in ${folder} is closed`)
    return journal
  }
  /** Writes that the log has not let through yet, by their ids; they do not reject. */
  const underWay = new Map<number, Promise<unknown>>()
  let reserved = 0

  const follow = async <Result>(id: number, write: Promise<Result>): Promise<Result> => {
    const settled = write.catch(() => {})
    underWay.set(id, settled)
    try {
      return await write
    } finally {
      if (underWay.get(id) === settled) underWay.delete(id)
    }
  }
  /** Copied: the caller may change the vector before the log has it. */
  const upsert = async (id: number, vector: Float32Array, version: number): Promise<void> => {
    index.reserve(reserved + 1)
    const ids = Uint32Array.of(id)
    const rows = { dimensions, ids, versions: Int32Array.of(version), vectors: vector.slice() }
    reserved += 1
    try {
      await open().commit({ kind: 'upsert', collection, rows }, () =>
        index.upsert(id, rows.vectors, version),
      )
    } finally {
      reserved -= 1
    }
  }
  const checked = (id: number, vector: Vector, version: number) => {
    whole('id', id, 0)
    whole('version', version, -(2 ** 31), 2 ** 31 - 1)
    return floats(vector, dimensions)
  }
  return {
    dimensions,
    metric,
    durability: journal.durability,
    cut: journal.restored.cut,
    get size() {
      return index.size
    },
    has: (id) => index.has(id),
    add: async (id, vector, version = 0) => {
      const read = checked(id, vector, version).slice()
      while (underWay.has(id)) await underWay.get(id)
      if (index.has(id)) throw new Error(`hnsw: there is a row ${id}: upsert replaces it`)
      await follow(id, upsert(id, read, version))
    },
    upsert: async (id, vector, version = 0) =>
      follow(id, upsert(id, checked(id, vector, version), version)),
    delete: async (id) => {
      const ids = Uint32Array.of(whole('id', id, 0))
      return await follow(
        id,
        open().commit({ kind: 'delete', collection, ids }, () => index.delete(id)),
      )
    },
    search: (...asked) => index.search(...asked),
    searchBatch: (...asked) => index.searchBatch(...asked),
    save: (path) => index.save(path),
    compact: () => index.compact(),
    stats: () => index.stats(),
    shape: () => index.shape(),
    checkpoint: async () => open().checkpoint(),
    close: () => {
      closed ??= journal.close(
        new Map(index.size < LEAST_ROWS ? [] : [[collection, () => index.image()]]),
      )
      return closed
    },
  }
}
