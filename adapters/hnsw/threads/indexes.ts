import { createConsolidation } from '../consolidation.ts'
import type { Hnsw, Image, Shape, SharedIndex, Stats } from '../engine/index.ts'
import { createHistogram, type Histogram } from '../histogram.ts'
import { indexOf } from '../index-of.ts'
import { createLinking } from '../linking.ts'
import { refused } from '../refused.ts'
import type { Settled } from '../store/operation.ts'
import type { Rows } from '../wire.ts'
import { createBodies } from './bodies.ts'
import { AHEAD } from './room.ts'

/** In the place of the edition of a collection that was dropped. */
const GONE = 0

/** An index that stands for a collection until the collection is cleared, and what one thread needs to search in it. */
export interface Edition {
  readonly edition: number
  readonly shared: SharedIndex
}

/** Of one collection. */
export type IndexStats = Stats & { readonly compactions: number; readonly compacting: number }

export interface WriterStats {
  /** By the number of the collection. */
  readonly collections: ReadonlyMap<number, IndexStats>
  readonly compactions: number
  readonly failures: number
  /** Seconds that slices of compactions took, and the applying of upserts and deletes: of a long one, each slice. */
  readonly slices: Histogram['state']
  readonly applying: Histogram['state']
}

/**
 * The indexes of all collections, each under the number of its creation, and everything that changes one. It is the thread's that
 * writes: a call is done before the next is begun, but for `compact`, and an `upsert` of many rows, which is so for all who can tell. Collections
 * asked for are there.
 */
export interface Indexes {
  /** Makes an index that no collection has yet, empty or from its image, with room for AHEAD rows; or refuses (503). */
  make(options: Settled, image?: Image): Edition
  /** Nobody is going to have it. */
  discard(edition: number): void
  /** The index is the collection's. */
  create(collection: number, edition: number): void
  drop(collection: number): void
  /** Takes every row out: another index, an empty one, stands in the place of the one before. How many there were. */
  clear(collection: number, edition: number): number
  /** There is room for the rows: `reserve` has said so. */
  upsert(collection: number, rows: Rows): Promise<void> | void
  /** How many of the ids were there. */
  delete(collection: number, ids: Uint32Array): number
  /** Makes room for so many rows more, or refuses (503). Of a collection that was dropped, it says nothing. */
  reserve(collection: number, rows: number): void
  /** One compaction, after the one that may be under way; the stats behind it. */
  compact(collection: number): Promise<IndexStats>
  shape(collection: number): Shape
  stats(): WriterStats
  image(collection: number): Image
  /** What one thread more needs to search in an edition; null where it is none any more. */
  share(edition: number): SharedIndex | null
  /** Takes the place of a thread that searched this edition and has died. */
  forsake(edition: number, place: number): void
}

/** An index as its writer keeps it. */
export interface Kept {
  readonly options: Settled
  index: Hnsw
  edition: number
}

/** The same before a collection has it. */
type Made = Readonly<Kept>

export const createIndexes = (): Indexes => {
  const all = new Map<number, Kept>()
  const made = new Map<number, Made>()
  const consolidation = createConsolidation()
  const linking = createLinking()
  const applying = createHistogram()
  let editions = 0

  const bodies = createBodies()
  const written = (kept: Kept, seconds: number): void => {
    applying.add(seconds)
    if (kept.edition === GONE) return
    consolidation.written(kept)
    linking.written(kept)
  }
  const editionOf = (edition: number): Kept | undefined =>
    [...all.values()].find((kept) => kept.edition === edition)
  const statsOf = (kept: Kept): IndexStats => ({ ...kept.index.stats(), ...consolidation.of(kept) })
  return {
    make: (options, image) =>
      unlessFull(() => {
        const index = indexOf(options, image)
        index.reserve(AHEAD)
        const edition = ++editions
        made.set(edition, { options, index, edition })
        return { edition, shared: index.share() }
      }),
    discard: (edition) => void made.delete(edition),
    create: (collection, edition) => {
      all.set(collection, { ...made.get(edition)! })
      made.delete(edition)
    },
    drop: (collection) => {
      all.get(collection)!.edition = GONE
      all.delete(collection)
    },
    clear: (collection, edition) => {
      const kept = all.get(collection)!
      bodies.finish(kept)
      const removed = kept.index.live
      Object.assign(kept, made.get(edition)!)
      made.delete(edition)
      return removed
    },
    upsert: (collection, rows) => {
      const kept = all.get(collection)!
      bodies.finish(kept, rows.ids)
      return bodies.store(kept, rows, (seconds) => written(kept, seconds))
    },
    delete: (collection, ids) => {
      const kept = all.get(collection)!
      const began = performance.now()
      bodies.finish(kept, ids)
      let removed = 0
      for (const id of ids) if (kept.index.delete(id)) removed++
      written(kept, (performance.now() - began) / 1000)
      return removed
    },
    reserve: (collection, rows) => unlessFull(() => all.get(collection)?.index.reserve(rows)),
    compact: async (collection) => {
      const kept = all.get(collection)!
      await consolidation.compact(kept)
      return statsOf(kept)
    },
    shape: (collection) => all.get(collection)!.index.shape(),
    stats: () => ({
      collections: new Map([...all].map(([number, kept]) => [number, statsOf(kept)])),
      ...consolidation.stats(),
      applying: applying.state,
    }),
    image: (collection) => {
      const kept = all.get(collection)!
      bodies.finish(kept)
      return kept.index.image()
    },
    share: (edition) => editionOf(edition)?.index.share() ?? null,
    forsake: (edition, place) => editionOf(edition)?.index.forsake(place),
  }
}

const unlessFull = <Result>(work: () => Result): Result => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw refused(503, 'full', `memory does not suffice: ${error.message}`)
  }
}
