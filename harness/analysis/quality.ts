import { revisionOf, type Version, versionOf } from '../model/index.ts'
import { type Answered, byId } from './answer.ts'
import { type Bracketer, bracketerOf } from './bracket.ts'
import type { LiveSet } from './live-set.ts'
import { type Oracle, oracleOf, rankingsOf } from './oracle.ts'
import { DELETED, type View } from './view.ts'
import { windowsOf } from './windows.ts'

/** Answer quality of one answer, and of what exact search over the rows as stored would have answered. */
export interface SearchQuality {
  readonly value: number
  readonly exact: number
}

/** Takes a batch of queries of one model; then judges answers to the query at a place of that batch. */
export type QualityJudge = (
  model: number,
  queries: readonly number[],
  depth: number,
) => (place: number, answer: Answered, stored: Bracketer, live: LiveSet) => SearchQuality

/**
 * Did the user get the right rows, whatever versions they are stored in (definitions §3, answer quality)? The answer is matched by id
 * against all live rows, each in the query's model and at the revision it has; of writes in flight the live set is taken that suits
 * the answer best. Null unless the run re-embeds in place.
 */
export const qualityJudge = (view: View, space: number): QualityJudge | null => {
  const { scenario, revisions } = view.trace.meta
  if (scenario.reembed?.style !== 'in-place') return null
  const byModel = new Map<number, { oracle: Oracle; bracketer: Bracketer }>()
  const inModel = (model: number): { oracle: Oracle; bracketer: Bracketer } => {
    const as = (version: Version): Version =>
      version === DELETED ? DELETED : versionOf(model, revisionOf(version, revisions), revisions)
    const windows = windowsOf(view, space, as)
    return { oracle: oracleOf(view, windows), bracketer: bracketerOf(windows) }
  }
  return (model, queries, depth) => {
    const { oracle, bracketer } = byModel.get(model) ?? inModel(model)
    byModel.set(model, { oracle, bracketer })
    const rankings = rankingsOf(oracle, model, queries, depth)
    return (place, answer, { windows, candidates }, live) => {
      const nearest = Array.from(
        live.place.subarray(0, live.n),
        (at) => windows.id[candidates.window[at]!]!,
      )
      const exact = byId({ ...answer, ids: nearest, versions: nearest })
      return {
        value: bracketer.bracket(byId(answer), rankings, place).high,
        exact: bracketer.bracket(exact, rankings, place).high,
      }
    }
  }
}
