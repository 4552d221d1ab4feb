import { createBoard } from './board.ts'
import type { SharedIndex } from './reader.ts'
import { createSearching, type Searching } from './searching.ts'
import type { Segment } from './segment.ts'
import { createSegments } from './segments.ts'
import type { Image, Metric, Shape, Stats } from './types.ts'

export type { Image, Metric, Shape, Stats }

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
  /** How far links mended by a compaction may reach beyond what Algorithm 4 would keep, as a factor from 1 to 2; that of the metric, if not given. */
  readonly alpha?: number | undefined
  /** What the index may take at most; what the machine has, if not given. */
  readonly mostBytes?: number | undefined
  /** What a segment of it may take at most; 4 GiB less a page if not given, which is all that one can. Where it is full, another is begun. */
  readonly segmentBytes?: number | undefined
  /** Rows of a segment that may wait for their links, found by exact scan meanwhile: 0 (if not given), or a power of two up to 65,536. */
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

/**
 * An HNSW index (Malkov and Yashunin, arXiv 1603.09320) in memory. Ids are unsigned, versions signed 32-bit integers; a vector
 * has `dimensions` finite floats: the caller has made sure of it. One operation at a time in the thread that has it; others may read
 * (`share`, and `attachHnsw` there).
 */
export interface Hnsw extends Searching {
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
   * in the stats counts it. Each segment is searched with the whole ef and rerank: two cost what two indexes cost, and find no less.
   */
  search(vector: Float32Array, k: number, ef: number, rerank?: number): Hits
  /** The k nearest live rows, by measuring every one. */
  exact(vector: Float32Array, k: number): Hits
  /** The versions of those ids that are live, in the order asked; distances are 0. */
  get(ids: Iterable<number>): Hits
  /**
   * Takes the tombstones out, segment by segment, in steps between which anything may come but another compaction: that is an Error. Where it
   * ends early, by `return` or a RangeError, tombstones are left and nothing else is wrong. A segment that is empty then gives its memory back,
   * which other threads let go at their next search.
   */
  compaction(): Generator<void, void>
  /** Sums, and the most layers. */
  stats(): Stats
  /** Those of each segment, oldest first. */
  segments(): readonly Stats[]
  /** Links one row of the hot tier; true while others wait. */
  linkOne(): boolean
  /** What one reader in another thread needs while this one writes: a new one for each, its `news` transferred. */
  share(): SharedIndex
  /** Takes the place of a reader whose thread has died. */
  forsake(place: number): void
  /** Walks every link: for looking closely, not for sampling. */
  shape(): Shape
  /** A copy of all of it, from which `createHnsw` makes it again: about as many bytes as `stats` tells. Of this LAYOUT only. */
  image(): Image
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
  for (const name of ['mostBytes', 'segmentBytes'] as const) {
    const value = parameters[name] ?? 1
    if (!(value > 0)) throw new RangeError(`hnsw: ${name} is ${value}, not a number of bytes`)
  }
  const { hot = 0, alpha = 1 } = parameters
  if (!(Number.isFinite(alpha) && alpha >= 1 && alpha <= 2)) {
    throw new RangeError(`hnsw: alpha is ${alpha}, not a number from 1 to 2`)
  }
  if ((hot & (hot - 1)) !== 0) throw new RangeError(`hnsw: hot is ${hot}, not a power of two`)
}

/**
 * An empty index, or the one that an image of the same parameters was taken of. `kind: 'exact'` keeps no graph and measures every
 * row at each search. RangeError where a parameter is out of its range.
 */
export const createHnsw = (
  parameters: Parameters,
  kind: Kind = 'hnsw',
  image: Image = [],
): Hnsw => {
  check(parameters)
  const board = createBoard()
  const segments = createSegments(parameters, kind, board, image)
  const { list, upsert, reserve } = segments
  const after = (number: number): Segment | undefined =>
    list().find((segment) => segment.number > number)
  const sum = (of: (segment: Segment) => number): number =>
    list().reduce((total, segment) => total + of(segment), 0)
  let isCompacting = false
  return {
    parameters,
    ...createSearching(after),
    upsert,
    reserve,
    delete: segments.delete,
    *compaction() {
      if (isCompacting) throw new Error('hnsw: a compaction is under way')
      isCompacting = true
      try {
        for (const segment of list()) {
          yield* segment.compaction()
          const { live, tombstones } = segment.stats()
          if (live + tombstones === 0) segments.giveUp(segment)
        }
      } finally {
        isCompacting = false
      }
    },
    get live() {
      return sum(({ live }) => live)
    },
    get scans() {
      return sum(({ scans }) => scans)
    },
    stats: () => summed(list().map((segment) => segment.stats())),
    segments: () => list().map((segment) => segment.stats()),
    linkOne: () => linkOneOf(list()),
    share: () => ({
      parameters,
      kind,
      board: board.words,
      segments: list().map(({ number, shared }) => ({ number, segment: shared })),
      ...board.listen(),
    }),
    forsake: (place) => {
      for (const segment of list()) segment.forsake(place)
      board.forsake(place)
    },
    shape: () => shapeOf(list()),
    image: () => list().map((segment) => segment.image()),
  }
}

const summed = (all: readonly Stats[]): Stats => {
  const sum = (key: keyof Stats): number => all.reduce((total, stats) => total + stats[key], 0)
  return {
    live: sum('live'),
    tombstones: sum('tombstones'),
    hot: sum('hot'),
    layers: Math.max(...all.map(({ layers }) => layers)),
    bytes: sum('bytes'),
    scans: sum('scans'),
    grown: sum('grown'),
    segments: all.length,
  }
}

/** Links a row of the first segment that can; RangeError where none has the memory for it. */
const linkOneOf = (list: readonly Segment[]): boolean => {
  const waiting = list.filter(({ hot }) => hot > 0)
  if (waiting.length > 0 && !waiting.some((segment) => segment.linkOne())) {
    throw new RangeError('hnsw: the memory of this index has ended: rows stay in the hot tier')
  }
  return waiting.some(({ hot }) => hot > 0)
}

const shapeOf = (list: readonly Segment[]): Shape => {
  let rows = 0
  let links = 0
  let unreachable = 0
  for (const segment of list) {
    const { live, tombstones } = segment.stats()
    const shape = segment.shape()
    rows += live + tombstones
    links += shape.meanDegree * (live + tombstones)
    unreachable += shape.unreachable
  }
  return { meanDegree: rows === 0 ? 0 : links / rows, unreachable }
}
