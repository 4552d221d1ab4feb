import {
  CONTROL,
  KINDS,
  type Latency,
  type LatencyBin,
  NONE,
  OK,
  type Q,
  SEARCH,
  SECOND,
  SKIPPED,
} from '../model/index.ts'
import { quantiles } from './quantile.ts'
import type { View } from './view.ts'

/** Times of the ops of one kind, in microseconds. */
export interface Timing {
  /** done − due; +Infinity for those that failed, were shed, or are unknown. */
  readonly response: Float64Array
  /** done − due of those that were `ok`, in the same order as `service`. */
  readonly answered: Float64Array
  /** done − sent of those that were `ok`. */
  readonly service: Float64Array
}

/** In the order of the report. `search` are foreground searches; those of checkpoints stand apart. */
const TIMED = ['search', 'checkpoint', 'upsert', 'delete', 'probe'] as const

/** Response and service times of some phases, by kind (definitions §1); kinds that were not offered are left out. Controls have none. */
export const timingsOf = (
  view: View,
  isInScope: (phase: number) => boolean,
): ReadonlyMap<string, Timing> => {
  const { phase, at, count } = view.trace.ops
  const times = new Map(
    TIMED.map((kind) => [
      kind as string,
      { response: [] as number[], answered: [] as number[], service: [] as number[] },
    ]),
  )
  for (let op = 0; op < count; op++) {
    const found = times.get(timedKind(view, op))
    const outcome = view.outcomeOf(op)
    if (!found || !isInScope(phase[op]!) || outcome < 0 || outcome === SKIPPED) continue
    const response = responseOf(view, op)
    found.response.push(response)
    if (response === Infinity) continue
    found.answered.push(view.doneOf(op) - at[op]!)
    found.service.push(view.doneOf(op) - view.sentOf(op))
  }
  return new Map(
    [...times]
      .filter(([, { response }]) => response.length > 0)
      .map(([kind, { response, answered, service }]) => [
        kind,
        {
          response: Float64Array.from(response),
          answered: Float64Array.from(answered),
          service: Float64Array.from(service),
        },
      ]),
  )
}

export const latencyOf = ({ response, service }: Timing): Latency => ({
  response: quantiles(response),
  service: quantiles(service),
})

/** Response time by kind and second since clock zero, by when an op was due; every phase, measured or not. `t` in seconds. */
export const latencyOverTime = (view: View): readonly LatencyBin[] => {
  const { at, count } = view.trace.ops
  const bins = new Map<number, number[]>()
  for (let op = 0; op < count; op++) {
    const kind = (TIMED as readonly string[]).indexOf(timedKind(view, op))
    const outcome = view.outcomeOf(op)
    if (kind < 0 || outcome < 0 || outcome === SKIPPED) continue
    const key = Math.floor(at[op]! / SECOND) * TIMED.length + kind
    const bin = bins.get(key)
    if (bin) bin.push(responseOf(view, op))
    else bins.set(key, [responseOf(view, op)])
  }
  return [...bins.keys()]
    .sort((a, b) => a - b)
    .map((key) => {
      const { n, p50, p99, max } = quantiles(Float64Array.from(bins.get(key)!))
      return {
        t: Math.floor(key / TIMED.length),
        kind: TIMED[key % TIMED.length]!,
        n,
        p50,
        p99,
        max,
      }
    })
}

/**
 * sent − due over the measured ops that were sent (definitions §1). Probes may wait for a token and a swap for its
 * backfill: neither is late.
 */
export const latenessOf = (view: View): Q => {
  const { at, kind, count } = view.trace.ops
  const late: number[] = []
  for (let op = 0; op < count; op++) {
    if (kind[op] === CONTROL || KINDS[kind[op]!] === 'probe' || !view.isMeasured(op)) continue
    const sent = view.sentOf(op)
    if (!Number.isNaN(sent)) late.push(sent - at[op]!)
  }
  return quantiles(Float64Array.from(late))
}

const timedKind = ({ trace: { ops } }: View, op: number): string =>
  ops.kind[op] === SEARCH && ops.checkpoint[op] !== NONE ? 'checkpoint' : KINDS[ops.kind[op]!]!

const responseOf = (view: View, op: number): number =>
  view.outcomeOf(op) === OK ? view.doneOf(op) - view.trace.ops.at[op]! : Infinity
