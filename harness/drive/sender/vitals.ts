import { MILLI, type Micros, SECOND, STATS_FAILED, type TraceMeta } from '../../model/index.ts'
import { createDelays } from './delays.ts'
import { LONGEST_ERROR } from './events.ts'
import { textOf } from './outcome.ts'
import type { Part } from './play.ts'
import type { Stage } from './stage.ts'

/** How the sender is doing, once a second. */
export interface Vitals {
  readonly at: Micros
  /** Place in the trace's phases; the last one's after its end. */
  readonly phase: number
  /** Ops of the trace that have come due, of all. */
  readonly ops: number
  /** Ops begun and ops answered `ok`, a second, since the last time. */
  readonly offered: number
  readonly achieved: number
  readonly inFlight: number
  readonly unseen: number
  /** Why the engine's own gauges could not be read the first time that they could not; null if they always could. */
  readonly statsFailure: string | null
  readonly gauges: Readonly<Record<string, number>>
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const

export interface VitalSigns {
  offered(): void
  settled(ok: boolean): void
  turned(now: Micros, stretch: Micros, busy: boolean): void
  /** The vitals, or null if it is less than a second since the last. */
  take(now: Micros, ops: number): Vitals | null
}

/**
 * Counts what the sender does and how long it keeps answers waiting; delays are those of the measured phases. What all senders share,
 * and what the engine says of itself, the leader tells.
 */
export const createVitals = (
  meta: TraceMeta,
  { board, ladders, routes }: Pick<Stage, 'board' | 'ladders' | 'routes'>,
  { leads, gauge }: Pick<Part, 'leads' | 'gauge'>,
): VitalSigns => {
  const delays = createDelays()
  let phase = 0
  let last: Micros = 0
  let measured: Micros = 0
  let busy: Micros = 0
  let turnedAt: Micros = 0
  let offered = 0
  let achieved = 0
  let stats: Readonly<Record<string, number>> = {}
  let asking = false
  let failures = 0
  let failure: string | null = null

  const isMeasured = (now: Micros): boolean => {
    while (phase + 1 < meta.phases.length && now >= meta.phases[phase]!.to) phase++
    const span = meta.phases[phase]
    return span?.measured === true && now >= span.from && now < span.to
  }
  /** Asks the engine for its gauges; they stand in the next sample. One that is slow to answer is not asked twice. */
  const askStats = (): void => {
    const engine = routes.space(0)?.writer
    if (!leads || asking || engine?.stats === undefined) return
    asking = true
    engine.stats().then(
      (answer) => {
        asking = false
        stats = prefixed('engine.', answer)
      },
      (error: unknown) => {
        asking = false
        failures++
        failure ??= textOf(error).slice(0, LONGEST_ERROR)
      },
    )
  }
  const delayGauges = (): Record<string, number> => {
    if (measured === 0) return {}
    const named = Object.entries(QUANTILES).map(([name, p]) => [name, delays.quantile(p, measured)])
    return prefixed(`${gauge}.delay.`, {
      ...Object.fromEntries(named),
      max: delays.longest,
    })
  }
  return {
    offered: () => {
      offered++
    },
    settled: (ok) => {
      if (ok) achieved++
    },
    turned: (now, stretch, isBusy) => {
      if (isBusy) busy += stretch
      if (isMeasured(now)) {
        delays.add(stretch)
        measured += now - turnedAt
      }
      turnedAt = now
    },
    take: (now, ops) => {
      const window = now - last
      if (window < SECOND - MILLI) return null
      const rate = SECOND / window
      const gauges = {
        ...(leads ? { inFlight: board.inFlight, unseen: ladders.unseen } : {}),
        [`${gauge}.busy`]: Math.min(1, busy / window),
        ...delayGauges(),
        ...stats,
        ...(failure === null ? {} : { [STATS_FAILED + failure]: failures }),
      }
      const counts = { offered: offered * rate, achieved: achieved * rate }
      const vitals = {
        at: now,
        phase,
        ops,
        ...counts,
        inFlight: board.inFlight,
        unseen: ladders.unseen,
        statsFailure: failure,
        gauges,
      }
      last = now
      busy = 0
      offered = 0
      achieved = 0
      stats = {}
      askStats()
      return vitals
    },
  }
}

const prefixed = (
  prefix: string,
  values: Readonly<Record<string, number>>,
): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
