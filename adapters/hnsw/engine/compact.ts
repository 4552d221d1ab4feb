import { clear, distanceBetween, distanceTo, type Graph, stored } from './graph.ts'
import { push } from './heap.ts'
import { linkWidth, neighborsOf, setNeighbors } from './links.ts'
import { drainNearestFirst, type Ranking } from './ranking.ts'
import { relinkUnreachable } from './reachability.ts'
import { descend, searchLayer } from './search-layer.ts'
import { selectNeighborsHeuristic, selectNeighborsSimple } from './select-neighbors.ts'
import { DOOMED, FREE, freeSlot, LIVE, NOWHERE, type Slot, TOMBSTONE } from './slots.ts'
import { emptyVisited } from './visited.ts'

/** How far consolidated links may reach beyond what Algorithm 4 would keep; without it, churn thins the graph out. */
const ALPHA = 1.1

/**
 * Takes the tombstones that stand now out of the graph and frees their slots. Each row that links to one of them gets
 * new links, chosen from the neighbours it keeps and the live neighbours of those it loses (Singh et al. 2021,
 * FreshDiskANN, Algorithm 4); then live rows that no way leads to are linked again, so that every live row can be
 * reached. Rows kept without a graph (no entry point) only lose their tombstones. Yields after each row that was
 * relinked: reads and writes may come between. The last step, a walk over all links, is one piece.
 */
export function* compaction(g: Graph): Generator<void, void> {
  const { states } = g.slots
  for (let at = 0; at < g.slots.used; at++) if (states[at] === TOMBSTONE) states[at] = DOOMED
  for (let at = 0 as Slot; at < g.slots.used; at++) {
    const state = g.slots.states[at]
    if (state === FREE || state === DOOMED) continue
    let relinked = false
    for (let lc = g.slots.levels[at]!; lc >= 0; lc--) relinked = relink(g, at, lc) || relinked
    if (relinked) yield
  }
  finish(g)
}

const finish = (g: Graph): void => {
  if (g.slots.live === 0) {
    clear(g)
    return
  }
  if (g.entry !== NOWHERE) {
    if (g.slots.states[g.entry] === DOOMED) g.entry = highestLive(g)
    relinkUnreachable(g)
  }
  for (let at = 0 as Slot; at < g.slots.used; at++) {
    if (g.slots.states[at] === DOOMED) freeSlot(g.slots, at)
  }
}

const highestLive = (g: Graph): Slot => {
  const { states, levels, used } = g.slots
  let highest = NOWHERE
  for (let at = 0 as Slot; at < used; at++) {
    if (states[at] === LIVE && (highest === NOWHERE || levels[at]! > levels[highest]!)) highest = at
  }
  return highest
}

/** New links for a row that loses some on layer lc; false if it loses none. */
const relink = (g: Graph, p: Slot, lc: number): boolean => {
  const { slots } = g
  const neighbors = neighborsOf(slots, p, lc)
  if (!neighbors.some((n) => slots.states[n] === DOOMED)) return false
  let C = heirs(g, p, lc, neighbors)
  if (C.length < g.parameters.m) C = sought(g, p, lc, C)
  const width = linkWidth(slots, lc)
  const R =
    g.parameters.selection === 'simple'
      ? selectNeighborsSimple(C, width, g.kept)
      : selectNeighborsHeuristic(g, C, width, g.kept, ALPHA)
  setNeighbors(slots, p, lc, R.slots, R.length)
  return true
}

/** The neighbours of p that stay, and the live neighbours of those that go. */
const heirs = (g: Graph, p: Slot, lc: number, neighbors: readonly Slot[]): Ranking => {
  const { slots, visited, C } = g
  emptyVisited(visited, slots.used)
  visited.marks[p] = visited.epoch
  C.size = 0
  const consider = (n: Slot): void => {
    if (visited.marks[n] === visited.epoch) return
    visited.marks[n] = visited.epoch
    push(C, distanceBetween(g, p, n), n)
  }
  for (const n of neighbors) {
    if (slots.states[n] !== DOOMED) consider(n)
    else
      for (const heir of neighborsOf(slots, n, lc)) if (slots.states[heir] === LIVE) consider(heir)
  }
  drainNearestFirst(C, g.crowded)
  return g.crowded
}

/** Where the dead leave too few: what a search from the entry point finds, beside what there is. */
const sought = (g: Graph, p: Slot, lc: number, few: Ranking): Ranking => {
  const q = stored(g, p)
  const level = g.slots.levels[g.entry]!
  if (lc > level) return few
  const kept = [...few.slots.subarray(0, few.length)] as Slot[]
  const W = searchLayer(g, q, descend(g, q, lc), g.parameters.efConstruction, lc, true)
  const found = [...W.slots.subarray(0, W.length)] as Slot[]
  g.C.size = 0
  for (const n of new Set([...kept, ...found])) if (n !== p) push(g.C, distanceTo(g, q, n), n)
  drainNearestFirst(g.C, g.crowded)
  return g.crowded
}
