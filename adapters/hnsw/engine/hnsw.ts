import { consolidate, shapeOf } from './consolidate.ts'
import { createLevels } from './levels.ts'
import { createMemory } from './memory.ts'

/** Squared Euclidean distance, 1 − cos, or minus the inner product. */
export type Metric = 'l2' | 'cosine' | 'ip'

/** What an index is made with. */
export interface Parameters {
  /** Floats in a vector, 1 to 4,096. */
  readonly dimensions: number
  readonly metric: Metric
  /** Links made for a new element on each layer: M in the paper, with Mmax = M and Mmax0 = 2M. */
  readonly m: number
  readonly efConstruction: number
  /** How layers are drawn; equal seeds and equal writes give equal graphs. */
  readonly seed: number
  /** Algorithm 4, or Algorithm 3 to see what the heuristic is worth. */
  readonly selection: 'heuristic' | 'simple'
  /** What the index may take at most; 4 GiB if not given, which is all that it can. */
  readonly mostBytes?: number | undefined
}

/** Rows found, nearest first; entry i of each array belongs together. */
export interface Hits {
  readonly ids: Uint32Array
  readonly versions: Int32Array
  /** Squared Euclidean under l2, 1 − cos under cosine, minus the inner product under ip. */
  readonly distances: Float32Array
}

/** What can be told without touching the graph. */
export interface Stats {
  readonly live: number
  readonly tombstones: number
  /** Layers, layer 0 included; 0 while the graph is empty. */
  readonly layers: number
  readonly bytes: number
  /** Searches that the links led to too few rows, and that measured every row instead. */
  readonly scans: number
}

/** What takes a walk over every link of layer 0. */
export interface Shape {
  /** Links of a row on layer 0, tombstones counted as rows. */
  readonly meanDegree: number
  /** Live rows that no way leads to from the entry point on layer 0. */
  readonly unreachable: number
}

/**
 * An HNSW index (Malkov and Yashunin, arXiv 1603.09320) in memory. Ids are unsigned, versions signed 32-bit integers; a vector
 * has `dimensions` finite floats: the caller has made sure of it. One operation at a time.
 */
export interface Hnsw {
  readonly parameters: Parameters
  /** Stores the row in a slot of its own; an older row of that id becomes a tombstone. RangeError where memory ends; nothing has changed then. */
  upsert(id: number, version: number, vector: Float32Array): void
  /** Makes room for `rows` more rows, or throws a RangeError. Not required: the index grows by itself. */
  reserve(rows: number): void
  /** Makes the row a tombstone: walked through, never returned. False if there is no such row. */
  delete(id: number): boolean
  /**
   * Exactly min(k, live) rows. ef counts live rows and is taken as at least k; the nearest `rerank` of them (max(4k, 40) if not
   * given) are measured again in floats. Where the links lead to fewer than k rows, every row is measured instead, and `scans`
   * in the stats counts it.
   */
  search(vector: Float32Array, k: number, ef: number, rerank?: number): Hits
  /** The k nearest live rows, by measuring every one. */
  exact(vector: Float32Array, k: number): Hits
  /** The versions of those ids that are live, in the order asked; distances are 0. */
  get(ids: Iterable<number>): Hits
  /**
   * Takes the tombstones out, in steps between which anything may come but another compaction: that is an Error. Where it ends early, by
   * `return` or a RangeError, tombstones are left and nothing else is wrong.
   */
  compaction(): Generator<void, void>
  readonly live: number
  stats(): Stats
  /** Walks every link: for looking closely, not for sampling. */
  shape(): Shape
  /** A copy of all of it, from which `createHnsw` makes it again: about as many bytes as `stats` tells. Of this LAYOUT only. */
  image(): Uint8Array<ArrayBuffer>
}

const LIMITS = {
  dimensions: [1, 4096],
  m: [2, 128],
  efConstruction: [1, 10_000],
} as const

const check = (parameters: Parameters): void => {
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = parameters[name as keyof typeof LIMITS]
    if (Number.isInteger(value) && value >= least && value <= most) continue
    throw new RangeError(`hnsw: ${name} is ${value}, not a whole number from ${least} to ${most}`)
  }
}

/** What the map of ids takes, about, for one. */
const BYTES_AN_ID = 40

/**
 * An empty index, or the one that an image of the same parameters was taken of. `kind: 'exact'` keeps no graph and measures every
 * row at each search. RangeError where a parameter is out of its range.
 */
export const createHnsw = (
  parameters: Parameters,
  kind: 'hnsw' | 'exact' = 'hnsw',
  image?: Uint8Array,
): Hnsw => {
  check(parameters)
  const index = createMemory(parameters, image)
  const { kernel, context } = index
  const known = index.survey()
  const drawLevel = createLevels(parameters.m, parameters.seed + known.live.length)
  const slotOf = new Map(known.live.map((slot) => [kernel.idOf(slot) >>> 0, slot]))
  let { dead } = known
  let scans = 0
  let begun = 0
  let isCompacting = false

  const scan = (k: number): Hits => index.hits(kernel.exactSearch(context, k))
  const bury = (id: number): boolean => {
    const slot = slotOf.get(id)
    if (slot === undefined) return false
    slotOf.delete(id)
    kernel.bury(slot)
    dead.push(slot)
    return true
  }
  /** Nothing lives: the tombstones go at once, also those that a compaction under way has doomed. */
  const beginAnew = (): void => {
    index.clear()
    dead = []
    begun += 1
  }
  return {
    parameters,
    upsert: (id, version, vector) => {
      if (slotOf.size === 0 && dead.length > 0) beginAnew()
      const old = slotOf.get(id)
      index.ask(vector)
      if (old !== undefined) kernel.bury(old)
      const slot =
        kind === 'exact'
          ? kernel.storeRow(context, id, version)
          : kernel.insertNode(context, id, version, drawLevel())
      if (slot === -1 && old !== undefined) kernel.revive(old)
      slotOf.set(id, index.taken(slot))
      if (old !== undefined) dead.push(old)
    },
    reserve: (rows) => index.reserve(rows),
    delete: bury,
    search: (vector, k, ef, rerank = Math.max(4 * k, 40)) => {
      const live = slotOf.size
      const wanted = Math.min(k, live)
      index.ask(vector)
      if (kind === 'exact') return scan(wanted)
      const kept = Math.min(Math.max(ef, k), live)
      const found = index.taken(
        kernel.knnSearch(context, wanted, kept, Math.max(0, Math.min(rerank, kept))),
      )
      if (found === wanted) return index.hits(found)
      scans++
      return scan(wanted)
    },
    exact: (vector, k) => {
      index.ask(vector)
      return scan(Math.min(k, slotOf.size))
    },
    get: (ids) =>
      index.rows([...ids].map((id) => slotOf.get(id)).filter((slot) => slot !== undefined)),
    *compaction() {
      if (isCompacting) throw new Error('hnsw: a compaction is under way')
      isCompacting = true
      const doomed = dead
      const since = begun
      dead = []
      try {
        for (const _ of consolidate(index, doomed, parameters.metric)) {
          yield
          if (begun !== since) return
        }
      } finally {
        isCompacting = false
        // After an early end, what is left is dead still.
        for (const slot of begun === since ? doomed : []) {
          kernel.bury(slot)
          dead.push(slot)
        }
      }
    },
    get live() {
      return slotOf.size
    },
    stats: () => ({
      live: slotOf.size,
      tombstones: dead.length,
      layers: kernel.layers(),
      bytes: kernel.memory.buffer.byteLength + BYTES_AN_ID * slotOf.size,
      scans,
    }),
    shape: () => shapeOf(index, slotOf.size + dead.length),
    image: index.image,
  }
}
