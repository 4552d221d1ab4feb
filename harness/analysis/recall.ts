import { type Figure, NONE, type Recall, SECOND } from '../model/index.ts'
import { recallInterval } from './clusters.ts'
import type { SearchTable } from './searches.ts'
import type { View } from './view.ts'

/** Which rows of the table of searches a figure is about. */
export type Members = readonly number[]

/** Mean of a column over some searches; null over none. */
export const meanOf = (column: Float64Array, members: Members): Figure => {
  if (members.length === 0) return null
  let sum = 0
  for (const s of members) sum += column[s]!
  return sum / members.length
}

/** Foreground searches of some phases: those that belong to no checkpoint. */
export const foreground = (
  view: View,
  table: SearchTable,
  isInScope: (phase: number) => boolean,
): Members => {
  const { ops } = view.trace
  const members: number[] = []
  for (let s = 0; s < table.count; s++) {
    const op = table.op[s]!
    if (ops.checkpoint[op] === NONE && isInScope(ops.phase[op]!)) members.push(s)
  }
  return members
}

/** Live recall (definitions §3): the means of the searches' lower and upper ends, how many answers were short, and the interval over queries. */
export const liveRecall = (table: SearchTable, members: Members): Recall['live'] => ({
  low: meanOf(table.low, members),
  high: meanOf(table.high, members),
  searches: members.length,
  short: members.reduce((sum, s) => sum + table.short[s]!, 0),
  queries: new Set(members.map((s) => table.query[s]!)).size,
  ci95: recallInterval(table, members),
})

/**
 * Live recall in bins of one second since clock zero, by when a search was sent; turnover at the middle of the bin.
 * Empty bins are left out.
 */
export const recallBins = (
  table: SearchTable,
  members: Members,
  turnover: (at: number) => number | null,
): Recall['bins'] =>
  [...Map.groupBy(members, (s) => Math.floor(table.sent[s]! / SECOND))]
    .sort(([a], [b]) => a - b)
    .map(([t, of]) => ({
      t,
      turnover: turnover((t + 0.5) * SECOND),
      low: meanOf(table.low, of),
      high: meanOf(table.high, of),
      searches: of.length,
      ci95: recallInterval(table, of),
    }))
