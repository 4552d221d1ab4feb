import { DISTANCES, type Distance, type Metric } from './distance.ts'
import { createHeap, type Heap } from './heap.ts'
import { createRanking, type Ranking } from './ranking.ts'
import { createSlots, NOWHERE, type Slot, type Slots } from './slots.ts'
import { createVisited, type Visited } from './visited.ts'

/** What an index is made with. */
export interface Parameters {
  /** Floats in a vector. */
  readonly dimensions: number
  readonly metric: Metric
  /** Links made for a new element on each layer: M in the paper, with Mmax = M and Mmax0 = 2M. */
  readonly m: number
  readonly efConstruction: number
  /** How layers are drawn; equal seeds and equal writes give equal graphs. */
  readonly seed: number
  /** Algorithm 4, or Algorithm 3 to see what the heuristic is worth. */
  readonly selection: 'heuristic' | 'simple'
}

/** The state of an index, named with the paper's letters, and the memory that one operation at a time works in. */
export interface Graph {
  readonly parameters: Parameters
  readonly distance: Distance
  slots: Slots
  /** Where every search enters: ep in the paper; its level is L. NOWHERE while the graph is empty. */
  entry: Slot
  /** Draws a level: l in the paper. */
  readonly drawLevel: () => number
  /** Candidates, nearest on top, and nearest found so far, farthest on top (negated keys). */
  readonly C: Heap
  readonly W: Heap
  readonly visited: Visited
  /** What a search found, what a selection chose, and what it left. */
  readonly found: Ranking
  readonly chosen: Ranking
  readonly discarded: Ranking
  /** A list of links that must shrink, and what it shrinks to. */
  readonly crowded: Ranking
  readonly kept: Ranking
}

export const createGraph = (parameters: Parameters): Graph => ({
  parameters,
  distance: DISTANCES[parameters.metric],
  slots: createSlots(parameters.dimensions, parameters.m),
  entry: NOWHERE,
  drawLevel: levels(parameters.m, parameters.seed),
  C: createHeap(),
  W: createHeap(),
  visited: createVisited(),
  found: createRanking(),
  chosen: createRanking(),
  discarded: createRanking(),
  crowded: createRanking(),
  kept: createRanking(),
})

/** Forgets everything stored; the sequence of levels goes on. */
export const clear = (g: Graph): void => {
  g.slots = createSlots(g.parameters.dimensions, g.parameters.m)
  g.entry = NOWHERE
}

/** A vector to measure from: `stride` floats of an array from `at` on. */
export interface Query {
  readonly vector: Float32Array
  readonly at: number
}

/** A stored vector as a query. Not to be kept: the array is another after it has grown. */
export const stored = (g: Graph, slot: Slot): Query => ({
  vector: g.slots.vectors,
  at: slot * g.slots.stride,
})

export const distanceTo = (g: Graph, q: Query, slot: Slot): number => {
  const { vectors, stride } = g.slots
  return g.distance(q.vector, q.at, vectors, slot * stride, stride)
}

export const distanceBetween = (g: Graph, a: Slot, b: Slot): number => {
  const { vectors, stride } = g.slots
  return g.distance(vectors, a * stride, vectors, b * stride, stride)
}

/** l = ⌊−ln(uniform(0, 1)) · mL⌋ with mL = 1 / ln M (paper, §4), uniform from mulberry32 (Ettinger 2017). */
const levels = (M: number, seed: number): (() => number) => {
  const mL = 1 / Math.log(M)
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    const uniform = (((t ^ (t >>> 14)) >>> 0) + 1) / 4294967296
    return Math.floor(-Math.log(uniform) * mL)
  }
}
