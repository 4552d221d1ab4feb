import { oracleOf, type Ranking, rankingsOf, type View, windowsOf } from '../../analysis/index.ts'
import type { Search } from './steps.ts'

/** The depth of the field's truth files. */
const K = 100
/** Queries ranked in one pass over the rows. */
const BATCH = 64

/** The exact nearest live rows of each query at one search step. */
export interface Truth {
  readonly queries: number
  /** min(100, rows live). */
  readonly k: number
  /** queries × k tags, nearest first; ties by row id. */
  readonly tags: Int32Array
  /** l2: squared; ip: the inner product, as the reference tool writes it; cosine: 1 − cos. */
  readonly distances: Float32Array
}

/** Exact truth at each search step, by the oracle that recall is judged by (definitions §3). One pass over the rows serves all steps. */
export const truthsOf = (
  view: View,
  space: number,
  model: number,
  searches: readonly Search[],
): readonly Truth[] => {
  const { count: queries } = view.run.dataset.models[model - 1]!.queries
  const truths = searches.map(({ live }) => {
    const k = Math.min(K, live)
    return {
      queries,
      k,
      tags: new Int32Array(queries * k),
      distances: new Float32Array(queries * k),
    }
  })
  const windows = windowsOf(view, space)
  const oracle = oracleOf(view, windows)
  const sign = view.trace.meta.metric === 'ip' ? -1 : 1
  const fewest = Math.max(1, Math.min(...searches.map(({ live }) => live)))
  const depth = K + K * Math.ceil(windows.count / fewest)
  const fill = (search: number, query: number, ranking: Ranking): boolean => {
    const { k, tags, distances } = truths[search]!
    const { version, tag } = searches[search]!
    const seen = new Set<number>()
    for (let i = 0; i < ranking.window.length && seen.size < k; i++) {
      const window = ranking.window[i]!
      const id = windows.id[window]!
      if (version[id] !== windows.version[window] || seen.has(id)) continue
      tags[query * k + seen.size] = tag[id]!
      distances[query * k + seen.size] = sign * ranking.distance[i]!
      seen.add(id)
    }
    return seen.size === k
  }
  for (let from = 0; from < queries; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, queries - from) }, (_, i) => from + i)
    const rankings = rankingsOf(oracle, model, batch, depth)
    batch.forEach((query, place) => {
      let ranking = rankings.at(place)
      searches.forEach((_, search) => {
        while (!fill(search, query, ranking)) {
          if (ranking.complete) throw new Error('a live row is missing among all rows of the run')
          ranking = rankings.deepen(place)
        }
      })
    })
  }
  return truths
}
