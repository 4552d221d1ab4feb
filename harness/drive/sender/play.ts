import { MILLI, type Micros, OK, SECOND, SKIPPED, type Trace } from '../../model/index.ts'
import { clockFrom, monotonic } from '../clock.ts'
import type { EventBatch } from '../folder/history.ts'
import { createLadders } from '../ladder/ladder.ts'
import { createCourse } from './course.ts'
import { createEvents } from './events.ts'
import { createFlights } from './flights.ts'
import { createPacer } from './pacer.ts'
import type { Routes } from './routes.ts'
import type { Bench } from './spaces.ts'
import type { Stage } from './stage.ts'
import { createVitals, type Vitals } from './vitals.ts'

/** Clock zero lies this far in the future when play begins, so that the first op is not late. */
const LEAD = 20 * MILLI
const FLUSH_EVERY = 250 * MILLI
const SWEEP_EVERY = 10 * MILLI
/** What is in flight has so long to come back after Ctrl-C. */
const GRACE = 2 * SECOND
/** What the sender tells while it plays. */
export interface Listener {
  /** The instant zero of the run on the machine's monotonic clock. */
  began(origin: number): void
  events(batch: EventBatch): void
  vitals(vitals: Vitals): void
}

interface Ending {
  readonly until: Micros
  readonly interrupted: boolean
}

export interface Playing {
  /** Resolves when every op has its event, or after `stop`. */
  readonly ended: Promise<Ending>
  /** Sends nothing more, waits at most 2 s for what is in flight, and records the rest of it as unknown. */
  stop(): void
}

/** Plays a trace in an open loop: an op is sent when it is due, whatever became of the others. */
export const play = (bench: Bench, trace: Trace, routes: Routes, listener: Listener): Playing => {
  const { ops } = trace
  const origin = monotonic() + LEAD
  const clock = clockFrom(origin)
  const events = createEvents()
  const flights = createFlights(clock)
  const ladders = createLadders(trace, (op, why) =>
    events.notSent(op, ops.space[op]!, ops.model[op]!, SKIPPED, why),
  )
  const vitals = createVitals(trace.meta, { flights, ladders, routes })
  const settled = (_: number, outcome: number): void => {
    pacer.stir()
    vitals.settled(outcome === OK)
  }
  const begun = (): void => {
    pacer.stir()
    vitals.offered()
  }
  const stage: Stage = { bench, trace, clock, flights, events, ladders, routes, settled }
  const course = createCourse(stage, begun)
  const { promise: ended, resolve } = Promise.withResolvers<Ending>()

  let flushed: Micros = 0
  let swept: Micros = 0
  let patience: Micros = Number.POSITIVE_INFINITY
  const isStopping = (): boolean => patience < Number.POSITIVE_INFINITY

  const flush = (now: Micros): void => {
    flushed = now
    listener.events(events.take(now))
    const gauges = vitals.take(now, course.offered)
    if (gauges !== null) listener.vitals(gauges)
  }
  const end = (): null => {
    course.giveUp()
    const now = clock.now()
    flush(now)
    resolve({ until: course.begunBy(now), interrupted: isStopping() })
    return null
  }
  const work = (now: Micros): Micros | null => {
    const next = isStopping() ? patience : course.advance(now)
    if (now >= swept + SWEEP_EVERY) {
      swept = now
      flights.sweep(now)
    }
    if (now >= patience) flights.giveUp(now)
    if (flights.count === 0 && (isStopping() || course.done)) return end()
    if (now >= flushed + FLUSH_EVERY) flush(now)
    const sweep = flights.count > 0 ? swept + SWEEP_EVERY : Number.POSITIVE_INFINITY
    return Math.min(next, flushed + FLUSH_EVERY, sweep)
  }

  const pacer = createPacer({ clock, work, turned: vitals.turned })
  listener.began(origin)
  pacer.start()
  return {
    ended,
    stop: () => {
      patience = Math.min(patience, clock.now() + GRACE)
      pacer.stir()
    },
  }
}
