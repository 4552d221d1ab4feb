import { distanceBetween, type Graph } from './graph.ts'
import { append, type Ranking } from './ranking.ts'
import type { Slot } from './slots.ts'

/** SELECT-NEIGHBORS-SIMPLE(q, C, M), Algorithm 3: the M nearest of the candidates C go to R. */
export const selectNeighborsSimple = (C: Ranking, M: number, R: Ranking): Ranking => {
  R.length = 0
  for (let i = 0; i < C.length && R.length < M; i++) {
    append(R, C.slots[i] as Slot, C.distances[i]!)
  }
  return R
}

/**
 * SELECT-NEIGHBORS-HEURISTIC(q, C, M, keepPrunedConnections), Algorithm 4, without extendCandidates: of the candidates C, nearest
 * first, those go to R that no element chosen before is nearer to than q is. On a tie the candidate stays, so that duplicates
 * keep more than one link. Pruned candidates fill R up under ip alone: it is no metric, most rows are nearest to the few longest
 * vectors, and the heuristic would leave them a link or two. Under l2 and cosine they cost time and gain nothing.
 * alpha > 1 keeps longer links: a chosen r turns e away only if alpha · d(e, r) < d(e, q) (RobustPrune: Subramanya et al. 2019,
 * DiskANN; distances here are squared under l2). Where distances can be negative, (alpha − 1) · |d| is added instead.
 */
export const selectNeighborsHeuristic = (
  g: Graph,
  C: Ranking,
  M: number,
  R: Ranking,
  alpha = 1,
): Ranking => {
  const { discarded } = g
  R.length = 0
  discarded.length = 0
  for (let i = 0; i < C.length && R.length < M; i++) {
    const e = C.slots[i] as Slot
    const toQ = C.distances[i]!
    if (isNearerToAny(g, e, toQ, R, alpha)) append(discarded, e, toQ)
    else append(R, e, toQ)
  }
  if (g.parameters.metric !== 'ip') return R
  for (let i = 0; i < discarded.length && R.length < M; i++) {
    append(R, discarded.slots[i] as Slot, discarded.distances[i]!)
  }
  return R
}

const isNearerToAny = (g: Graph, e: Slot, toQ: number, R: Ranking, alpha: number): boolean => {
  for (let i = 0; i < R.length; i++) {
    const toR = distanceBetween(g, e, R.slots[i] as Slot)
    if (toR + (alpha - 1) * Math.abs(toR) < toQ) return true
  }
  return false
}

/** The selection that the index was made with. */
export const selectNeighbors = (g: Graph, C: Ranking, M: number, R: Ranking): Ranking =>
  g.parameters.selection === 'simple'
    ? selectNeighborsSimple(C, M, R)
    : selectNeighborsHeuristic(g, C, M, R)
