import { type Figure, NONE, type Recall, SECOND } from '../model/index.ts'
import { recallInterval } from './clusters.ts'
import { groupsOf, type Members, placesWhere } from './groups.ts'
import type { SearchTable } from './searches.ts'
import type { View } from './view.ts'

/** A column of numbers, packed or not. */
export interface Numbers {
  at(place: number): number | undefined
}

/** Mean of a column over some searches; null over none. */
export const meanOf = (column: Numbers, members: Members): Figure =>
  members.length === 0 ? null : sumOf(column, members) / members.length

const sumOf = (column: Numbers, members: Members): number => {
  let sum = 0
  for (let i = 0; i < members.length; i++) sum += column.at(members[i]!)!
  return sum
}

/** Foreground searches of some phases: those that belong to no checkpoint. */
export const foreground = (
  view: View,
  table: SearchTable,
  isInScope: (phase: number) => boolean,
): Members => {
  const { ops } = view.trace
  return placesWhere(table.count, (s) => {
    const op = table.op[s]!
    return ops.checkpoint[op] === NONE && isInScope(ops.phase[op]!)
  })
}

/** Live recall (definitions §3): the means of the searches' lower and upper ends, how many answers were short, and the interval over queries. */
export const liveRecall = (table: SearchTable, members: Members): Recall['live'] => ({
  low: meanOf(table.low, members),
  high: meanOf(table.high, members),
  searches: members.length,
  short: sumOf(table.short, members),
  queries: groupsOf(members, (s) => table.query[s]!).size,
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
  [...groupsOf(members, (s) => Math.floor(table.sent[s]! / SECOND))]
    .sort(([a], [b]) => a - b)
    .map(([t, of]) => ({
      t,
      turnover: turnover((t + 0.5) * SECOND),
      low: meanOf(table.low, of),
      high: meanOf(table.high, of),
      searches: of.length,
      ci95: recallInterval(table, of),
    }))
