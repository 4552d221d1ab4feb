import { type Figure, SEARCH } from '../../../model/index.ts'
import type { Evidence } from '../evidence.ts'
import { overloadQuantile, type Stall, stallQuantile } from '../laws.ts'
import {
  type Line,
  lineOf,
  ms,
  orderStatistic,
  QUANTILES,
  type Quantile,
  withHarness,
} from '../line.ts'

/** A stall, in milliseconds, as the sim's option has it. */
export interface StallOption {
  readonly every: number
  readonly for: number
}

/**
 * Response time of searches that arrive evenly over a run with full stalls in it, against the closed form. What was queued drains in
 * no time only in theory: the upper end is when the sim's own log says that it answered, and what the harness may add.
 */
export const stallLines = (option: StallOption, evidence: Evidence): readonly Line[] => {
  const { seconds, rate } = load(evidence)
  const stalls = stallsIn(option, evidence)
  const waits = waitsByLog(evidence)
  const isWhole = ({ from, to }: Stall): boolean => to - from > option.for - 1
  return (['p90', 'p99', 'p999'] as const).map((name) => {
    const expected = stallQuantile(QUANTILES[name] / 1000, seconds * 1000, stalls)
    const least = expected - 1000 / rate
    const most = withHarness(orderStatistic(waits, QUANTILES[name]))
    return responseLine(evidence, name, { expected, least, most, n: stalls.filter(isWhole).length })
  })
}

/** From when each search was due to when the sim answered it, in milliseconds, by its own log. */
export const waitsByLog = ({ view, searched, origin }: Evidence): readonly number[] => {
  const { ops } = view.trace
  return Array.from({ length: ops.count }, (_, op) => op)
    .filter((op) => ops.kind[op] === SEARCH)
    .map((op) => ((searched(op)?.answered ?? Infinity) - origin - ops.at[op]!) / 1000)
}

interface Expected {
  readonly expected: number
  readonly least: number
  readonly most: number
  readonly n: number
}

export const responseLine = (
  { findings }: Evidence,
  name: Quantile,
  { expected, least, most, n }: Expected,
): Line => {
  const { response } = findings.latency.search!
  const measured: Figure = response[name]
  return lineOf({
    what: `search response, ${name} of ${response.n}`,
    claimed: ms(expected),
    measured: ms(measured),
    allowed: `${ms(least)} … ${ms(most)}`,
    n,
    holds: measured !== null && measured >= least && measured <= most,
    excuse: measured === null ? 'the harness was too slow to measure it' : null,
  })
}

/** Seconds and rate of the one phase. */
export const load = ({ view }: Evidence): { seconds: number; rate: number } => {
  const { from, to } = view.trace.meta.phases[0]!
  return { seconds: (to - from) / 1e6, rate: view.trace.meta.scenario.phases[0]!.searches!.rate }
}

/** The stalls of a run, in milliseconds since clock zero; they count from the first write. */
const stallsIn = ({ every, for: length }: StallOption, { truth, origin, view }: Evidence) => {
  const end = view.trace.meta.phases[0]!.to / 1000
  const begin = ((truth.writes[0]?.received ?? Infinity) - origin) / 1000
  const count = Math.max(0, Math.ceil((end - begin) / every))
  return Array.from({ length: count }, (_, i) => {
    const at = begin + (i + 1) * every
    return { from: at, to: Math.min(end, at + length), until: at + length }
  }).filter(({ from, to }) => from < to)
}

/**
 * Response time of searches that arrive evenly, more of them than a queue of fixed capacity serves: it grows linearly, and what the
 * queue serves while they arrive is its capacity. The upper ends are as above.
 */
export const overloadLines = (capacity: number, evidence: Evidence): readonly Line[] => {
  const { seconds, rate } = load(evidence)
  const waits = waitsByLog(evidence)
  const lines = (['p50', 'p90', 'p99'] as const).map((name) => {
    const permille = QUANTILES[name]
    const queue = { offered: rate, capacity, seconds }
    const expected = 1000 * (overloadQuantile(permille / 1000, queue) + 1 / capacity)
    const least = expected - 1000 / rate
    const most = withHarness(orderStatistic(waits, permille))
    return responseLine(evidence, name, { expected, least, most, n: waits.length })
  })
  return [...lines, achievedLine(capacity, evidence)]
}

/** Searches answered while searches were still sent, over those sent; in the harness's history and by the sim's log. */
const achievedLine = (capacity: number, { view, truth, origin }: Evidence): Line => {
  const { to } = view.trace.meta.phases[0]!
  const { count } = view.trace.ops
  const by = (end: number): number =>
    Array.from({ length: count }, (_, op) => view.doneOf(op)).filter((done) => done <= end).length
  const answered = truth.searches.filter((one) => one.answered !== null)
  const log = answered.filter((one) => one.answered! - origin <= to).length
  const measured = by(to)
  // What the sim answered within the last millisecond may be in hand a millisecond later.
  const least = answered.filter((one) => one.answered! - origin <= to - 1000).length
  return lineOf({
    what: `searches answered while ${count} were sent`,
    claimed: `${log} (a capacity of ${capacity} a second)`,
    measured: String(measured),
    allowed: `${least} … ${log}`,
    n: count,
    holds: measured >= least && measured <= log,
    excuse: measured < least ? 'the last answers were taken more than 1 ms late' : null,
  })
}
