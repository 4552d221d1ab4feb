import {
  ACTIONS,
  CONTROL,
  type Drift,
  type Figure,
  type Interval,
  type Micros,
  OK,
  type Recall,
  SECOND,
} from '../model/index.ts'
import type { CheckpointTruth } from './checkpoints.ts'
import { type Members, membersWhere } from './groups.ts'
import { meanOf } from './recall.ts'
import { mean } from './sample.ts'
import type { SearchTable } from './searches.ts'
import { theilSen } from './theil-sen.ts'
import { versusRebuild } from './versus.ts'
import type { View } from './view.ts'

/** What one function needs to speak of drift in a part of the run. */
export interface DriftInput {
  readonly bins: Recall['bins']
  readonly checkpoints: readonly CheckpointTruth[]
  readonly table: SearchTable
  /** Foreground searches of that part. */
  readonly members: Members
}

const NOT_KNOWN: Interval = { value: null, low: null, high: null }
const NO_CONTROL = 'drift not separated from data change'
const FEW_REBUILDS =
  'fewer than 3 rebuilds: the interval is that of the pairing alone, without the spread of rebuilds'

/** Drift (definitions §3): recall against turnover, and against a fresh build of the same rows. */
export const driftOf = (view: View, { bins, checkpoints, table, members }: DriftInput): Drift => {
  const marked = checkpoints.filter(({ isMarked }) => isMarked)
  const last = controlled(marked.at(-1))
  const first = controlled(marked[0])
  return {
    slopePerTurnover: slopeOf(bins),
    versusRebuild: last ? versusRebuild(last) : NOT_KNOWN,
    sinceStart: last && first && first !== last ? versusRebuild(last, first) : NOT_KNOWN,
    worstBin: worstOf(bins),
    recovered: recoveredOf(view, table, members),
    note: !last ? NO_CONTROL : last.control!.means.length < 3 ? FEW_REBUILDS : null,
  }
}

/** A control that was to be and is missing is not stood in for by another checkpoint's. */
const controlled = (checkpoint: CheckpointTruth | undefined): CheckpointTruth | null =>
  checkpoint?.control ? checkpoint : null

/** Theil–Sen over the bins, of the lower and of the upper ends: the mean of both slopes, and an interval that holds both intervals. */
const slopeOf = (bins: Recall['bins']): Interval => {
  const known = bins.filter(({ turnover }) => turnover !== null)
  const x = Float64Array.from(known, ({ turnover }) => turnover!)
  const slope = (end: 'low' | 'high'): Interval =>
    theilSen(x, Float64Array.from(known.map((bin) => bin[end]!)))
  const low = slope('low')
  const high = slope('high')
  const both = (a: Figure, b: Figure, join: (a: number, b: number) => number): Figure =>
    a === null || b === null ? null : join(a, b)
  return {
    value: both(low.value, high.value, (a, b) => (a + b) / 2),
    low: both(low.low, high.low, Math.min),
    high: both(low.high, high.high, Math.max),
  }
}

/** The bin of lowest recall; the first of equals. */
const worstOf = (bins: Recall['bins']): Drift['worstBin'] => {
  const [first, ...others] = bins
  if (!first) return null
  const { t, low, high } = others.reduce(
    (worst, bin) => (bin.low! < worst.low! ? bin : worst),
    first,
  )
  return { t, low, high }
}

const COMPACT = ACTIONS.indexOf('compact') + 1
/** Searches this long before maintenance began, and after it ended, are compared. */
const NEIGHBOURHOOD = 5 * SECOND

/**
 * Recall after maintenance minus before: live searches sent in the five seconds after a `compact` was answered against those of the
 * five seconds before it was sent, the middle of their brackets; the mean over several; null without any that has searches on both sides.
 */
const recoveredOf = (view: View, table: SearchTable, members: Members): Figure => {
  const { ops } = view.trace
  const gains: number[] = []
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== CONTROL || ops.action[op] !== COMPACT || view.outcomeOf(op) !== OK)
      continue
    const sent = view.sentOf(op)
    const done = view.doneOf(op)
    const before = middle(table, between(table, members, sent - NEIGHBOURHOOD, sent))
    const after = middle(table, between(table, members, done, done + NEIGHBOURHOOD))
    if (before !== null && after !== null) gains.push(after - before)
  }
  return gains.length === 0 ? null : mean(gains)
}

const between = (table: SearchTable, members: Members, from: Micros, to: Micros): Members =>
  membersWhere(members, (s) => table.sent[s]! >= from && table.sent[s]! < to)

const middle = (table: SearchTable, members: Members): Figure => {
  const low = meanOf(table.low, members)
  const high = meanOf(table.high, members)
  return low === null || high === null ? null : (low + high) / 2
}
