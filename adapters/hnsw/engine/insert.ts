import { scan } from './exact.ts'
import { distanceBetween, type Graph, stored } from './graph.ts'
import { addNeighbor, linkWidth, neighborsOf, setNeighbors } from './links.ts'
import { append, insertSorted } from './ranking.ts'
import { descend, searchLayer } from './search-layer.ts'
import { selectNeighbors } from './select-neighbors.ts'
import { NOWHERE, type Slot } from './slots.ts'

/**
 * INSERT(hnsw, q, M, Mmax, efConstruction, mL), Algorithm 1, for a row that is stored but not yet linked. Only live
 * rows become its neighbours.
 */
export const insert = (g: Graph, q: Slot): void => {
  const { slots, parameters } = g
  const l = slots.levels[q]!
  if (g.entry === NOWHERE) {
    g.entry = q
    return
  }
  const L = slots.levels[g.entry]!
  const query = stored(g, q)
  const ep = descend(g, query, l)
  for (let lc = Math.min(L, l); lc >= 0; lc--) {
    const nearest = ep.slots[0] as Slot
    const distance = ep.distances[0]!
    const W = searchLayer(g, query, ep, parameters.efConstruction, lc, true)
    if (lc === 0 && W.length === 0) scan(g, query, parameters.efConstruction, q)
    const R = selectNeighbors(g, W, parameters.m, g.chosen)
    setNeighbors(slots, q, lc, R.slots, R.length)
    for (let i = 0; i < R.length; i++) connect(g, R.slots[i] as Slot, q, R.distances[i]!, lc)
    if (W.length === 0) append(W, nearest, distance)
  }
  if (l > L) g.entry = q
}

/** Adds q to the links of e; if there are more than Mmax then, they are selected anew. */
const connect = (g: Graph, e: Slot, q: Slot, distance: number, lc: number): void => {
  const { slots, crowded } = g
  if (addNeighbor(slots, e, lc, q)) return
  crowded.length = 0
  for (const neighbor of neighborsOf(slots, e, lc)) {
    insertSorted(crowded, neighbor, distanceBetween(g, e, neighbor))
  }
  insertSorted(crowded, q, distance)
  const R = selectNeighbors(g, crowded, linkWidth(slots, lc), g.kept)
  setNeighbors(slots, e, lc, R.slots, R.length)
}
