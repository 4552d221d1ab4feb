import { compaction } from './compact.ts'
import { prepared } from './distance.ts'
import { scan } from './exact.ts'
import { clear, createGraph, type Graph, type Parameters, type Query } from './graph.ts'
import { insert } from './insert.ts'
import { knnSearch } from './knn-search.ts'
import type { Ranking } from './ranking.ts'
import { bury, reserve, type Slot, storeRow } from './slots.ts'
import { type Shape, type Stats, shapeOf, statsOf } from './stats.ts'

/** Rows found, nearest first; entry i of each array belongs together. */
export interface Hits {
  readonly ids: Uint32Array
  readonly versions: Int32Array
  /** Squared Euclidean under l2, 1 − cos under cosine, minus the inner product under ip. */
  readonly distances: Float32Array
}

/**
 * An HNSW index (Malkov and Yashunin, arXiv 1603.09320) in memory. Ids are unsigned, versions signed 32-bit integers; a vector
 * has `dimensions` finite floats: the caller has made sure of it. One operation at a time.
 */
export interface Hnsw {
  readonly parameters: Parameters
  /** Stores the row in a slot of its own; an older row of that id becomes a tombstone. */
  upsert(id: number, version: number, vector: Float32Array): void
  /** Makes room for `rows` more rows, or throws a RangeError. Not required: the index grows by itself. */
  reserve(rows: number): void
  /** Makes the row a tombstone: walked through, never returned. False if there is no such row. */
  delete(id: number): boolean
  /**
   * Exactly min(k, live) rows. ef counts live rows and is taken as at least k. Where the links lead to fewer than that (rows
   * can become unreachable until `compaction`), every row is measured instead, and `scans` in the stats counts it.
   */
  search(vector: Float32Array, k: number, ef: number): Hits
  /** The k nearest live rows, by measuring every one. */
  exact(vector: Float32Array, k: number): Hits
  /** The versions of those ids that are live, in the order asked; distances are 0. */
  get(ids: Iterable<number>): Hits
  /** Takes the tombstones out, in steps: anything but another compaction may come between two. */
  compaction(): Generator<void, void>
  readonly live: number
  stats(): Stats & { readonly scans: number }
  /** Walks every link: for looking closely, not for sampling. */
  shape(): Shape
}

/** An empty index. `kind: 'exact'` keeps no graph and measures every row at each search. */
export const createHnsw = (parameters: Parameters, kind: 'hnsw' | 'exact' = 'hnsw'): Hnsw => {
  const g = createGraph(parameters)
  let scans = 0
  const search = (vector: Float32Array, k: number, ef: number): Hits => {
    const q = asQuery(g, vector)
    const wanted = Math.min(k, g.slots.live)
    if (kind === 'exact') return hits(g, scan(g, q, wanted))
    const found = knnSearch(g, q, wanted, Math.max(ef, k))
    if (found.length === wanted) return hits(g, found)
    scans++
    return hits(g, scan(g, q, wanted))
  }
  return {
    parameters,
    upsert: (id, version, vector) => {
      bury(g.slots, id)
      if (g.slots.live === 0) clear(g)
      const level = kind === 'exact' ? 0 : g.drawLevel()
      const at = storeRow(g.slots, id, version, prepared(parameters.metric, vector), level)
      if (kind === 'hnsw') insert(g, at)
    },
    reserve: (rows) => reserve(g.slots, rows),
    delete: (id) => bury(g.slots, id),
    search,
    exact: (vector, k) => hits(g, scan(g, asQuery(g, vector), Math.min(k, g.slots.live))),
    get: (ids) => hits(g, lookUp(g, ids)),
    compaction: () => compaction(g),
    get live() {
      return g.slots.live
    },
    stats: () => ({ ...statsOf(g), scans }),
    shape: () => shapeOf(g),
  }
}

/** The vector as the index measures it, filled up with zeros to the stride. */
const asQuery = (g: Graph, vector: Float32Array): Query => {
  const filled = new Float32Array(g.slots.stride)
  filled.set(prepared(g.parameters.metric, vector))
  return { vector: filled, at: 0 }
}

const lookUp = (g: Graph, ids: Iterable<number>): Ranking => {
  const slots = [...ids].map((id) => g.slots.slotOf.get(id)).filter((at) => at !== undefined)
  return {
    length: slots.length,
    slots: Int32Array.from(slots),
    distances: new Float64Array(slots.length),
  }
}

const hits = (g: Graph, found: Ranking): Hits => {
  const ids = new Uint32Array(found.length)
  const versions = new Int32Array(found.length)
  const distances = new Float32Array(found.length)
  for (let i = 0; i < found.length; i++) {
    const at = found.slots[i] as Slot
    ids[i] = g.slots.ids[at]!
    versions[i] = g.slots.versions[at]!
    distances[i] = found.distances[i]!
  }
  return { ids, versions, distances }
}
