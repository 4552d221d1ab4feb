import { type Latency, MILLI, type Micros, type Q, type Samples } from '../model/index.ts'
import { QUANTILE_NAMES, QUANTILES } from './binomial.ts'
import { lastValues } from './gauges.ts'
import { latencyOf, type Timing } from './latency.ts'
import { orderStatistic } from './quantile.ts'

/** What findings print of a response time, and the quantile it stands for, in thousandths. */
const PRINTED = { ...QUANTILES, max: 1000 } as const
type Printed = keyof typeof PRINTED
const PRINTED_NAMES: readonly Printed[] = [...QUANTILE_NAMES, 'max']

/** The longest event-loop delay at a quantile, over all threads that stamp `done`, in microseconds; 0 where no gauge tells. */
export type Delays = (name: Printed) => Micros

/** From the gauges `harness.sender….delay.p50` and so on, each accumulated over the run. */
export const delaysOf = (samples: Samples): Delays => {
  const last = lastValues(samples)
  return (name) =>
    [...last]
      .filter(([gauge]) => gauge.startsWith('harness.sender') && gauge.endsWith(`.delay.${name}`))
      .reduce((longest, [, value]) => Math.max(longest, value), 0)
}

/**
 * The quantiles of the response time that the harness itself was too slow to measure (definitions §5): over the `ok` ops, Q_p(response) −
 * Q_p(service), or the event-loop delay at p, exceeds the larger of 1 ms and 5 % of Q_p(service).
 */
const tooSlow = ({ answered, service }: Timing, delays: Delays): readonly Printed[] => {
  if (service.length === 0) return []
  const felt = answered.slice().sort()
  const taken = service.slice().sort()
  return PRINTED_NAMES.filter((name) => {
    const asked = orderStatistic(taken, PRINTED[name])
    const bound = Math.max(MILLI, 0.05 * asked)
    return orderStatistic(felt, PRINTED[name]) - asked > bound || delays(name) > bound
  })
}

export interface Judged {
  readonly latency: { readonly [kind: string]: Latency }
  /** Paths below `latency` of the figures that were withheld: `search.response.p99`. */
  readonly withheld: readonly string[]
}

/**
 * Latency by kind, without the figures that the harness was too slow to measure. Probes are not judged: their response time holds the wait for
 * a token, which is not the harness's fault.
 */
export const judgedLatency = (timings: ReadonlyMap<string, Timing>, delays: Delays): Judged => {
  const withheld: string[] = []
  const latency: { [kind: string]: Latency } = {}
  for (const [kind, timing] of timings) {
    const { response, service } = latencyOf(timing)
    const slow =
      kind === 'probe' ? [] : tooSlow(timing, delays).filter((name) => isKnown(response, name))
    withheld.push(...slow.map((name) => `${kind}.response.${name}`))
    latency[kind] = { response: without(response, slow), service }
  }
  return { latency, withheld }
}

const isKnown = (q: Q, name: Printed): boolean => q[name] !== null

const without = (q: Q, names: readonly Printed[]): Q => {
  if (names.length === 0) return q
  return {
    ...q,
    ...Object.fromEntries(names.map((name) => [name, null])),
    ci95: Object.fromEntries(
      Object.entries(q.ci95).filter(([name]) => !names.some((slow) => slow === name)),
    ),
  }
}
