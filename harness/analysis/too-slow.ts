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

/** A figure that is withheld, and why. */
export interface Withheld {
  /** `search.response.p99`; the whole path once its part of the findings is known. */
  readonly path: string
  /** What the harness added to it, and what it may add. */
  readonly added: Micros
  readonly allowed: Micros
}

/**
 * What the harness added to a quantile of the response time, and what it may add (definitions §5): over the `ok` ops, the larger of
 * Q_p(response) − Q_p(service) and the event-loop delay at p, against the larger of 1 ms and 5 % of Q_p(service).
 */
const addedTo = (answered: Float64Array, service: Float64Array, delays: Delays, name: Printed) => {
  const asked = orderStatistic(service, PRINTED[name])
  const waited = orderStatistic(answered, PRINTED[name]) - asked
  return { added: Math.max(waited, delays(name)), allowed: Math.max(MILLI, 0.05 * asked) }
}

const withheldOf = (kind: string, timing: Timing, q: Q, delays: Delays): readonly Withheld[] => {
  const answered = timing.answered.slice().sort()
  const service = timing.service.slice().sort()
  if (service.length === 0) return []
  return PRINTED_NAMES.filter((name) => q[name] !== null && q[name] !== Infinity)
    .map((name) => ({
      path: `${kind}.response.${name}`,
      ...addedTo(answered, service, delays, name),
    }))
    .filter(({ added, allowed }) => added > allowed)
}

export interface Judged {
  readonly latency: { readonly [kind: string]: Latency }
  readonly withheld: readonly Withheld[]
}

/**
 * Latency by kind, without the figures that the harness was too slow to measure; one that failures made infinite stands, for an engine that
 * refuses must not look fast. Probes are not judged: their response
 * time holds the wait for a token, which is not the harness's fault.
 */
export const judgedLatency = (timings: ReadonlyMap<string, Timing>, delays: Delays): Judged => {
  const withheld: Withheld[] = []
  const latency: { [kind: string]: Latency } = {}
  for (const [kind, timing] of timings) {
    const { response, service } = latencyOf(timing)
    const slow = kind === 'probe' ? [] : withheldOf(kind, timing, response, delays)
    withheld.push(...slow)
    const names = slow.map(({ path }) => path.split('.').at(-1)!)
    latency[kind] = { response: without(response, names), service }
  }
  return { latency, withheld }
}

const without = (q: Q, names: readonly string[]): Q => {
  if (names.length === 0) return q
  return {
    ...q,
    ...Object.fromEntries(names.map((name) => [name, null])),
    ci95: Object.fromEntries(Object.entries(q.ci95).filter(([name]) => !names.includes(name))),
  }
}
