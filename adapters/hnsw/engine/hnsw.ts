import { createAsking } from './asking.ts'
import { consolidate, shapeOf } from './consolidate.ts'
import { createLevels } from './levels.ts'
import { createMemory } from './memory.ts'
import type { SharedIndex } from './reader.ts'

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
  /** Rows that may wait for their links, found by exact scan meanwhile: 0 (if not given), or a power of two up to 65,536. */
  readonly hot?: number | undefined
}

/** A graph, or rows only. */
export type Kind = 'hnsw' | 'exact'

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
  /** Rows that wait for their links. */
  readonly hot: number
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
 * has `dimensions` finite floats: the caller has made sure of it. One operation at a time in the thread that has it; others may read
 * (`share`, and `attachHnsw` there).
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
  /** Links one row of the hot tier; true while others wait. */
  linkOne(): boolean
  /** What another thread needs to read this index while this one writes. */
  share(): SharedIndex
  /** Takes the place of a reader whose thread has died. */
  forsake(place: number): void
  /** Walks every link: for looking closely, not for sampling. */
  shape(): Shape
  /** A copy of all of it, from which `createHnsw` makes it again: about as many bytes as `stats` tells. Of this LAYOUT only. */
  image(): Uint8Array<ArrayBuffer>
}

const LIMITS = {
  dimensions: [1, 4096],
  m: [2, 128],
  efConstruction: [1, 10_000],
  hot: [0, 65_536],
} as const

const check = (parameters: Parameters): void => {
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = parameters[name as keyof typeof LIMITS] ?? 0
    if (Number.isInteger(value) && value >= least && value <= most) continue
    throw new RangeError(`hnsw: ${name} is ${value}, not a whole number from ${least} to ${most}`)
  }
  const { hot = 0 } = parameters
  if ((hot & (hot - 1)) !== 0) throw new RangeError(`hnsw: hot is ${hot}, not a power of two`)
}

/** How a row gets in, as assembly/write.ts has it. */
const KINDS = { hnsw: 0, exact: 1 } as const

/**
 * An empty index, or the one that an image of the same parameters was taken of. `kind: 'exact'` keeps no graph and measures every
 * row at each search. RangeError where a parameter is out of its range.
 */
export const createHnsw = (
  parameters: Parameters,
  kind: Kind = 'hnsw',
  image?: Uint8Array,
): Hnsw => {
  check(parameters)
  const memory = createMemory(parameters, image)
  const { kernel, context, taken } = memory
  const { m, seed, dimensions, metric, hot = 0 } = parameters
  const drawLevel = createLevels(m, seed + kernel.liveRows())
  const asking = createAsking(kernel, memory.shared, context, dimensions, kind, taken)
  let dead = image ? memory.tombstones() : []
  let begun = 0
  let isCompacting = false

  /** Nothing lives: the tombstones go at once, also those that a compaction under way has doomed. */
  const beginAnew = (): void => {
    memory.clear()
    dead = []
    begun += 1
  }
  const linkOne = (): boolean => {
    if (kernel.hotRows() > 0) taken(kernel.linkOldest(context) - 1)
    return kernel.hotRows() > 0
  }
  return {
    parameters,
    upsert: (id, version, vector) => {
      if (dead.length > 0 && kernel.liveRows() === 0 && !kernel.hasReaders()) beginAnew()
      if (hot > 0 && kernel.hotRows() === hot) linkOne()
      asking.ask(vector)
      const level = kind === 'exact' ? 0 : drawLevel()
      taken(kernel.upsert(context, id, version, level, KINDS[kind]) - 1)
      const old = kernel.buried(context)
      if (old !== -1) dead.push(old)
    },
    reserve: memory.reserve,
    delete: (id) => {
      const isFound = kernel.bury(context, id) === 1
      if (isFound) dead.push(kernel.buried(context))
      return isFound
    },
    search: asking.search,
    exact: asking.exact,
    get: asking.get,
    *compaction() {
      if (isCompacting) throw new Error('hnsw: a compaction is under way')
      isCompacting = true
      let doomed: number[] = []
      const since = begun
      try {
        // What waits for its links could not be freed.
        while (linkOne()) yield
        if (begun !== since) return
        doomed = dead
        dead = []
        for (const _ of consolidate(memory, doomed, metric)) {
          yield
          if (begun !== since) return
        }
      } finally {
        isCompacting = false
        // After an early end, what is left is dead still.
        for (const slot of begun === since ? doomed : []) {
          kernel.spare(slot)
          dead.push(slot)
        }
      }
    },
    get live() {
      return kernel.liveRows()
    },
    stats: () => ({
      live: kernel.liveRows(),
      tombstones: kernel.tombstones(),
      hot: kernel.hotRows(),
      layers: kernel.layers(),
      bytes: memory.shared.buffer.byteLength,
      scans: asking.scans,
    }),
    linkOne,
    share: () => ({ memory: memory.shared, parameters, kind }),
    forsake: kernel.leaveReaders,
    shape: () => shapeOf(memory, kernel.liveRows() + kernel.tombstones()),
    image: () => {
      while (linkOne());
      return memory.image()
    },
  }
}
