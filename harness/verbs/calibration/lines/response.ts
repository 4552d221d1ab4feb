import { type Figure, SEARCH } from '../../../model/index.ts'
import type { Evidence } from '../evidence.ts'
import { type Stall, stallQuantile } from '../laws.ts'
import { type Line, lineOf, ms, orderStatistic, QUANTILES, type Quantile } from '../line.ts'

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

/** A time, and what the harness may add to it (definitions §5). */
export const withHarness = (time: number): number => time + Math.max(1, 0.05 * time)

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

/** The stalls of a run, in milliseconds since clock zero. */
const stallsIn = ({ every, for: length }: StallOption, { truth, origin, view }: Evidence) => {
  const run = view.trace.meta.phases[0]!
  const begin = (truth.start - origin) / 1000
  const end = run.to / 1000
  return Array.from({ length: Math.ceil((end - begin) / every) }, (_, i) => {
    const at = begin + (i + 1) * every
    return { from: Math.max(0, at), to: Math.min(end, at + length), until: at + length }
  }).filter(({ from, to }) => from < to)
}
