import { MILLI, type Micros, OK, SECOND, SKIPPED, type Trace } from '../../model/index.ts'
import { clockFrom } from '../clock.ts'
import type { EventBatch } from '../folder/history.ts'
import { createLadders, type Ladders, NO_LADDERS } from '../ladder/ladder.ts'
import type { Board } from './board.ts'
import { createCourse } from './course.ts'
import { createEvents } from './events.ts'
import { createFlights } from './flights.ts'
import { createPacer } from './pacer.ts'
import type { Routes } from './routes.ts'
import { createRowReader, type RowReader } from './rows.ts'
import { type Bench, queriesOf } from './spaces.ts'
import type { Stage } from './stage.ts'
import { createVitals, type Vitals } from './vitals.ts'

const FLUSH_EVERY = 250 * MILLI
const SWEEP_EVERY = 10 * MILLI
/** What is in flight has so long to come back after Ctrl-C. */
const GRACE = 2 * SECOND
/** What the sender tells while it plays. */
export interface Listener {
  events(batch: EventBatch): void
  vitals(vitals: Vitals): void
}

export interface Ending {
  readonly at: Micros
  /** The last instant by which everything due has been begun or skipped; Infinity if that is all there is. */
  readonly begun: Micros
  readonly interrupted: boolean
}

export interface Playing {
  /** Resolves when every op has its event, or after `stop`. */
  readonly ended: Promise<Ending>
  /** Sends nothing more, waits at most 2 s for what is in flight, and records the rest of it as unknown. */
  stop(): void
}

/** A sender's part in its run. */
export interface Part {
  readonly leads: boolean
  /** Its ops, in their order; null = all. */
  readonly share: Uint32Array | null
  readonly board: Board
  /** Begins the names of its gauges. */
  readonly gauge: string
  /** Opens a space on every sender. */
  open(space: number): Promise<void>
}

/** What takes time with the length of the trace is done before the clock starts. */
export interface Prepared {
  readonly ladders: Ladders
  /** Plays this sender's part of the trace; `origin` is the zero of the run on the machine's monotonic clock. */
  play(origin: number): Playing
}

/** Makes ready to play a trace in an open loop: an op is sent when it is due, whatever became of the others. */
export const prepare = (
  bench: Bench,
  trace: Trace,
  routes: Routes,
  part: Part,
  listener: Listener,
): Prepared => {
  const { ops } = trace
  const events = createEvents()
  const skip = (op: number, why: string): void =>
    events.notSent(op, ops.space[op]!, ops.model[op]!, SKIPPED, why)
  const ladders = part.leads ? createLadders(trace, skip) : NO_LADDERS
  const { board, open } = part
  const queries = queriesOf(bench)
  const rows = createRowReader(bench.dataset, ops, part.share)
  rows.advance(0)
  return {
    ladders,
    play: (origin) => {
      const clock = clockFrom(origin)
      const flights = createFlights(clock)
      const stage = { bench, trace, clock, flights, board, events, ladders, routes, queries, open }
      return loop(stage, part, rows, listener)
    },
  }
}

const loop = (
  parts: Omit<Stage, 'settled'>,
  part: Part,
  rows: RowReader,
  listener: Listener,
): Playing => {
  const { trace, clock, flights, events } = parts
  const vitals = createVitals(trace.meta, parts, part)
  const settled = (_: number, outcome: number): void => {
    pacer.stir()
    vitals.settled(outcome === OK)
  }
  const begun = (): void => {
    pacer.stir()
    vitals.offered()
  }
  const course = createCourse({ ...parts, settled }, part.share, begun)
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
    const at = clock.now()
    flush(at)
    resolve({ at, begun: course.begun, interrupted: isStopping() })
    return null
  }
  const work = (now: Micros): Micros | null => {
    rows.advance(now)
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
  pacer.start()
  return {
    ended,
    stop: () => {
      patience = Math.min(patience, clock.now() + GRACE)
      pacer.stir()
    },
  }
}
