import { type AtRecall, type EffortRecall, NONE, SEARCH, SKIPPED } from '../model/index.ts'
import { recallInterval } from './clusters.ts'
import { groupsOf, placesWhere } from './groups.ts'
import { timingOf } from './latency.ts'
import { meanOf } from './recall.ts'
import type { SearchTable } from './searches.ts'
import { delaysOf, judgedLatency } from './too-slow.ts'
import type { View } from './view.ts'

/** The recalls at which engines are compared (definitions §6). */
const GOALS = [0.9, 0.95, 0.99] as const

/**
 * Recall and search time by effort, over the checkpoint searches of some phases, least effort first; null where fewer than two
 * efforts were asked (definitions §6). Response times are over all that were asked: one that failed never ended; what the harness was too
 * slow to measure is null (definitions §5).
 */
export const recallByEffort = (
  view: View,
  table: SearchTable,
  isInScope: (phase: number) => boolean,
): readonly EffortRecall[] | null => {
  const { ops } = view.trace
  const isAsked = (op: number): boolean =>
    ops.checkpoint[op] !== NONE && ops.effort[op] !== NONE && isInScope(ops.phase[op]!)
  const offered = placesWhere(ops.count, (op) => {
    if (ops.kind[op] !== SEARCH || !isAsked(op)) return false
    const outcome = view.outcomeOf(op)
    return outcome >= 0 && outcome !== SKIPPED
  })
  const asked = groupsOf(offered, (op) => ops.effort[op]!)
  if (asked.size < 2) return null
  const judged = groupsOf(
    placesWhere(table.count, (s) => isAsked(table.op[s]!)),
    (s) => ops.effort[table.op[s]!]!,
  )
  const timings = [...asked].map(([effort, of]) => [`${effort}`, timingOf(view, of)] as const)
  const { latency } = judgedLatency(new Map(timings), delaysOf(view.run.samples))
  return [...asked]
    .sort(([a], [b]) => a - b)
    .map(([effort, searches]) => {
      const answered = judged.get(effort) ?? []
      return {
        effort,
        low: meanOf(table.low, answered),
        high: meanOf(table.high, answered),
        ci95: recallInterval(table, answered),
        searches: searches.length,
        response: latency[effort]!.response,
      }
    })
}

/** The least effort asked whose recall is proven to reach each goal, with its time; null where none does: nothing is extrapolated. */
export const atRecall = (curve: readonly EffortRecall[]): readonly AtRecall[] =>
  GOALS.map((recall) => {
    const found = curve.find(({ low }) => low !== null && low >= recall)
    return {
      recall,
      effort: found?.effort ?? null,
      low: found?.low ?? null,
      high: found?.high ?? null,
      response: found?.response ?? null,
    }
  })
