import { distanceTo, type Graph, type Query } from './graph.ts'
import { pop, push, replaceTop } from './heap.ts'
import { linkArray, linkStart, linkWidth } from './links.ts'
import { drainFarthestFirst, type Ranking } from './ranking.ts'
import { LIVE, NOWHERE, type Slot } from './slots.ts'
import { emptyVisited } from './visited.ts'

/**
 * SEARCH-LAYER(q, ep, ef, lc), Algorithm 2: the ef nearest elements to q on layer lc, as far as the links lead.
 * Tombstones are always walked through; with `onlyLive` they take no place among the ef.
 * Returns `g.found`, which may be the same object as `ep`.
 */
export const searchLayer = (
  g: Graph,
  q: Query,
  ep: Ranking,
  ef: number,
  lc: number,
  onlyLive: boolean,
): Ranking => {
  const { slots, C, W, visited, distance } = g
  const { vectors, states, stride } = slots
  const width = linkWidth(slots, lc)
  emptyVisited(visited, slots.used)
  const { marks, epoch } = visited
  C.size = 0
  W.size = 0
  for (let i = 0; i < ep.length; i++) {
    const e = ep.slots[i] as Slot
    marks[e] = epoch
    push(C, ep.distances[i]!, e)
    if (!onlyLive || states[e] === LIVE) offer(g, ep.distances[i]!, e, ef)
  }
  while (C.size > 0) {
    const nearest = C.keys[0]!
    if (W.size >= ef && nearest > -W.keys[0]!) break
    const c = pop(C)
    const links = linkArray(slots, c, lc)
    const start = linkStart(slots, c, lc)
    for (let i = start; i < start + width; i++) {
      const e = links[i] as Slot
      if (e === NOWHERE) break
      if (marks[e] === epoch) continue
      marks[e] = epoch
      const d = distance(q.vector, q.at, vectors, e * stride, stride)
      if (W.size >= ef && d >= -W.keys[0]!) continue
      push(C, d, e)
      if (!onlyLive || states[e] === LIVE) offer(g, d, e, ef)
    }
  }
  drainFarthestFirst(W, g.found)
  return g.found
}

/** Adds to W; of more than ef, the farthest falls out. */
const offer = (g: Graph, d: number, e: Slot, ef: number): void => {
  const { W } = g
  if (W.size < ef) push(W, -d, e)
  else if (d < -W.keys[0]!) replaceTop(W, -d, e)
}

/**
 * From the entry point down to the layer above `layer`, always to the nearest element, dead or alive: the first loop of
 * Algorithms 1 and 5.
 */
export const descend = (g: Graph, q: Query, layer: number): Ranking => {
  const ep = g.found
  ep.length = 1
  ep.slots[0] = g.entry
  ep.distances[0] = distanceTo(g, q, g.entry)
  for (let lc = g.slots.levels[g.entry]!; lc > layer; lc--) searchLayer(g, q, ep, 1, lc, false)
  return ep
}
