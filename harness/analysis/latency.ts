import {
  CONTROL,
  KINDS,
  type Latency,
  type LatencyBin,
  NONE,
  OK,
  PROBE,
  type Q,
  SEARCH,
  SECOND,
  SKIPPED,
} from '../model/index.ts'
import type { Members } from './groups.ts'
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
  const { phase, count } = view.trace.ops
  const sizes = new Uint32Array(TIMED.length)
  const kindOf = (op: number): number => {
    const kind = isInScope(phase[op]!) ? timedKind(view, op) : NONE
    return kind !== NONE && isTimed(view, op) ? kind : NONE
  }
  for (let op = 0; op < count; op++) {
    const kind = kindOf(op)
    if (kind !== NONE) sizes[kind]!++
  }
  const columns = Array.from(sizes, timingColumns)
  for (let op = 0; op < count; op++) {
    const kind = kindOf(op)
    if (kind !== NONE) columns[kind]!.push(view, op)
  }
  return new Map(
    TIMED.flatMap((kind, i) => (sizes[i] === 0 ? [] : [[kind, columns[i]!.timing()] as const])),
  )
}

/** Times of some ops, which were offered and not skipped. */
export const timingOf = (view: View, ops: Members): Timing => {
  const columns = timingColumns(ops.length)
  for (let i = 0; i < ops.length; i++) columns.push(view, ops[i]!)
  return columns.timing()
}

/** Times of at most `size` ops, filled one after the other. */
const timingColumns = (size: number) => {
  const response = new Float64Array(size)
  const answered = new Float64Array(size)
  const service = new Float64Array(size)
  let asked = 0
  let ok = 0
  return {
    push: (view: View, op: number): void => {
      const took = responseOf(view, op)
      response[asked++] = took
      if (took === Infinity) return
      answered[ok] = took
      service[ok++] = view.doneOf(op) - view.sentOf(op)
    },
    timing: (): Timing => ({
      response,
      answered: answered.subarray(0, ok),
      service: service.subarray(0, ok),
    }),
  }
}

export const latencyOf = ({ response, service }: Timing): Latency => ({
  response: quantiles(response),
  service: quantiles(service),
})

/**
 * Response time by kind and second since clock zero, by when an op was due; every phase, measured or not. `t` in seconds. Ops are in the
 * order of their due instants, so one second of them is held at a time.
 */
export const latencyOverTime = (view: View): readonly LatencyBin[] => {
  const { at, count } = view.trace.ops
  const bins: LatencyBin[] = []
  for (let from = 0, to = 0; from < count; from = to) {
    const t = Math.floor(at[from]! / SECOND)
    while (to < count && Math.floor(at[to]! / SECOND) === t) to++
    bins.push(...binsOf(view, t, from, to))
  }
  return bins
}

/** One bin for each kind that was due among the ops [from, to). */
const binsOf = (view: View, t: number, from: number, to: number): LatencyBin[] => {
  const times: number[][] = TIMED.map(() => [])
  for (let op = from; op < to; op++) {
    const kind = timedKind(view, op)
    if (kind !== NONE && isTimed(view, op)) times[kind]!.push(responseOf(view, op))
  }
  return TIMED.flatMap((kind, i) => {
    if (times[i]!.length === 0) return []
    const { n, p50, p99, max } = quantiles(Float64Array.from(times[i]!))
    return [{ t, kind, n, p50, p99, max }]
  })
}

/**
 * sent − due over the measured ops that were sent (definitions §1). Probes may wait for a token and a swap for its
 * backfill: neither is late.
 */
export const latenessOf = (view: View): Q => {
  const { at, kind, count } = view.trace.ops
  const late = new Float64Array(count)
  let n = 0
  for (let op = 0; op < count; op++) {
    if (kind[op] === CONTROL || kind[op] === PROBE || !view.isMeasured(op)) continue
    const sent = view.sentOf(op)
    if (!Number.isNaN(sent)) late[n++] = sent - at[op]!
  }
  return quantiles(late.subarray(0, n))
}

/** Place in TIMED, or NONE. */
const timedKind = ({ trace: { ops } }: View, op: number): number =>
  ops.kind[op] === SEARCH && ops.checkpoint[op] !== NONE ? CHECKPOINT : PLACES[ops.kind[op]!]!

const PLACES = KINDS.map((kind) => (TIMED as readonly string[]).indexOf(kind))
const CHECKPOINT = TIMED.indexOf('checkpoint')

/** It was offered, and not skipped. */
const isTimed = (view: View, op: number): boolean => {
  const outcome = view.outcomeOf(op)
  return outcome >= 0 && outcome !== SKIPPED
}

const responseOf = (view: View, op: number): number =>
  view.outcomeOf(op) === OK ? view.doneOf(op) - view.trace.ops.at[op]! : Infinity
