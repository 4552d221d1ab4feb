import type { Graph, Query } from './graph.ts'
import type { Ranking } from './ranking.ts'
import { descend, searchLayer } from './search-layer.ts'
import { NOWHERE } from './slots.ts'

/** K-NN-SEARCH(hnsw, q, K, ef), Algorithm 5: up to K live rows, nearest first; ef is taken as at least K. Returns `g.found`. */
export const knnSearch = (g: Graph, q: Query, K: number, ef: number): Ranking => {
  if (g.entry === NOWHERE) {
    g.found.length = 0
    return g.found
  }
  const ep = descend(g, q, 0)
  const W = searchLayer(g, q, ep, Math.max(ef, K), 0, true)
  W.length = Math.min(W.length, K)
  return W
}
