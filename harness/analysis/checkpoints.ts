import { type CheckpointRecall, type Interval, NONE, OK, SEARCH, SECOND } from '../model/index.ts'
import { aliasOf } from './alias.ts'
import { recallInterval } from './clusters.ts'
import { type Control, controlOf } from './control.ts'
import { groupsOf, type Members, placesWhere } from './groups.ts'
import { checkpointSource, liveRows } from './live.ts'
import { quantiles } from './quantile.ts'
import { meanOf } from './recall.ts'
import { halfWidth, mean } from './sample.ts'
import type { SearchTable } from './searches.ts'
import type { View } from './view.ts'

/** One checkpoint: its figure, and what drift needs to pair it with its rebuilds. */
export interface CheckpointTruth {
  readonly phase: number
  readonly recall: CheckpointRecall
  /** It was to have a rebuild control. */
  readonly isMarked: boolean
  /** Query → the ends of its recall at the headline effort. */
  readonly byQuery: ReadonlyMap<number, { readonly low: number; readonly high: number }>
  readonly control: Control | null
}

/**
 * Recall at each checkpoint that was reached (definitions §3); null where none of its searches was answered. Where several efforts were
 * asked, the headline is the scenario's own: asked without an effort, else the effort equal to `index.ef`, else the highest; the others
 * are the curve.
 */
export const checkpointTruths = (
  view: View,
  table: SearchTable,
  turnover: (at: number) => number | null,
): readonly CheckpointTruth[] => {
  const { ops, meta } = view.trace
  const { servingAt } = aliasOf(view)
  const asked = askedOf(view)
  const inCheckpoint = placesWhere(table.count, (s) => ops.checkpoint[table.op[s]!] !== NONE)
  const groups = groupsOf(inCheckpoint, (s) => ops.checkpoint[table.op[s]!]!)
  return meta.checkpoints.flatMap((span, checkpoint) => {
    const efforts = asked.get(checkpoint)
    if (!efforts) return []
    const byEffort = groupsOf(groups.get(checkpoint) ?? [], (s) => ops.effort[table.op[s]!]!)
    const effort = headline([...efforts.keys()], meta.scenario.index.ef)
    const own = byEffort.get(effort) ?? []
    const control = controlOf(view, checkpoint, effort)
    const space = checkpointSource(view, checkpoint)?.space ?? servingAt(span.searches)
    const recall: CheckpointRecall = {
      t: span.searches / SECOND,
      turnover: turnover(span.searches),
      low: meanOf(table.low, own),
      high: meanOf(table.high, own),
      unanswered: liveRows(view, space, span.searches).unanswered,
      rebuild: control && intervalOf(control),
      searches: own.length,
      ci95: recallInterval(table, own),
      ...(efforts.size > 1 ? { efforts: curve(view, table, efforts, byEffort) } : {}),
    }
    const { phase, rebuild: isMarked } = span
    return [{ phase, recall, isMarked, byQuery: queryEnds(view, table, own), control }]
  })
}

/** Checkpoint → effort → the searches that were offered. */
const askedOf = (view: View): ReadonlyMap<number, ReadonlyMap<number, readonly number[]>> => {
  const { ops } = view.trace
  const asked: number[] = []
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== SEARCH || ops.checkpoint[op] === NONE) continue
    if (view.outcomeOf(op) >= 0) asked.push(op)
  }
  const groups = Map.groupBy(asked, (op) => ops.checkpoint[op]!)
  return new Map(
    [...groups].map(([checkpoint, of]) => [checkpoint, Map.groupBy(of, (op) => ops.effort[op]!)]),
  )
}

const headline = (efforts: readonly number[], own: unknown): number =>
  [NONE, Number(own)].find((effort) => efforts.includes(effort)) ?? Math.max(...efforts)

/** Mean recall of the rebuilds; their spread gives an interval from three on. */
const intervalOf = ({ means }: Control): Interval => {
  const value = mean(means)
  if (means.length < 3) return { value, low: null, high: null }
  const half = halfWidth(means)
  return { value, low: value - half, high: value + half }
}

/** One point an effort; p99 is of response time, over all that were asked (failed and unknown ones never ended). */
const curve = (
  view: View,
  table: SearchTable,
  asked: ReadonlyMap<number, readonly number[]>,
  byEffort: ReadonlyMap<number, Members>,
): NonNullable<CheckpointRecall['efforts']> => {
  const response = (op: number): number =>
    view.outcomeOf(op) === OK ? view.doneOf(op) - view.trace.ops.at[op]! : Infinity
  return [...asked]
    .sort(([a], [b]) => a - b)
    .map(([effort, searches]) => ({
      effort,
      low: meanOf(table.low, byEffort.get(effort) ?? []),
      high: meanOf(table.high, byEffort.get(effort) ?? []),
      p99: quantiles(Float64Array.from(searches, response)).p99,
    }))
}

/** Ends of each query's recall; a query that was asked twice counts with its mean. */
const queryEnds = (
  view: View,
  table: SearchTable,
  members: Members,
): Map<number, { low: number; high: number }> => {
  const groups = groupsOf(members, (s) => view.trace.ops.query[table.op[s]!]!)
  return new Map(
    [...groups].map(([query, of]) => [
      query,
      { low: meanOf(table.low, of)!, high: meanOf(table.high, of)! },
    ]),
  )
}
