import {
  CONTROL,
  MILLI,
  type Micros,
  NONE,
  OK,
  PROBE,
  SEARCH,
  SECOND,
  SKIPPED,
  type Trace,
} from '../../model/index.ts'
import { clockFrom, monotonic } from '../clock.ts'
import type { EventBatch } from '../folder/history.ts'
import { createLadders } from '../ladder/ladder.ts'
import { createControls } from './controls.ts'
import { createEvents } from './events.ts'
import { createFlights } from './flights.ts'
import { createPacer } from './pacer.ts'
import type { Routes } from './routes.ts'
import { createSearches } from './searches.ts'
import type { Bench } from './spaces.ts'
import type { Stage } from './stage.ts'
import { createVitals, type Vitals } from './vitals.ts'
import { createWrites } from './writes.ts'

/** Clock zero lies this far in the future when play begins, so that the first op is not late. */
const LEAD = 20 * MILLI
const FLUSH_EVERY = 250 * MILLI
const SWEEP_EVERY = 10 * MILLI
/** What is in flight has so long to come back after Ctrl-C. */
const GRACE = 2 * SECOND
/** At most so many ops are begun in one turn of the event loop, so that answers are handled in between. */
const TURN = 16

/** What the sender tells while it plays. */
export interface Listener {
  /** The instant zero of the run on the machine's monotonic clock. */
  began(origin: number): void
  events(batch: EventBatch): void
  vitals(vitals: Vitals): void
}

export interface Playing {
  /** Resolves when every op has its event, or after `stop`. */
  readonly ended: Promise<{ until: Micros; interrupted: boolean }>
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
  const ladders = createLadders(trace, (op, why) => skip(op, why))
  const vitals = createVitals(trace.meta, { flights, ladders, routes })
  const settled = (_: number, outcome: number): void => {
    pacer.stir()
    vitals.settled(outcome === OK)
  }
  const stage: Stage = { bench, trace, clock, flights, events, ladders, routes, settled }
  const searches = createSearches(stage)
  const write = createWrites(stage)
  const controls = createControls(stage)
  const { promise: ended, resolve } = Promise.withResolvers<{
    until: Micros
    interrupted: boolean
  }>()

  let cursor = 0
  let flushed: Micros = 0
  let swept: Micros = 0
  let patience: Micros = Number.POSITIVE_INFINITY

  const skip = (op: number, why: string): void =>
    events.notSent(op, ops.space[op]!, ops.model[op]!, SKIPPED, why)

  const begin = (op: number): void => {
    pacer.stir()
    vitals.offered()
    const kind = ops.kind[op]!
    if (kind === SEARCH) searches.search(op)
    else if (kind === PROBE) searches.probe(op)
    else if (kind === CONTROL) controls.perform(op)
    else write(op)
  }
  const offer = (op: number, now: Micros): void => {
    const verdict = ops.kind[op] === PROBE ? ladders.due(op, now) : 'send'
    if (verdict === 'send') begin(op)
    else if (verdict !== 'wait') skip(op, verdict)
  }
  /** All that is left would be skipped: no op but probes, and no ladder that could still send one. */
  const isBarren = (): boolean =>
    cursor >= ladders.others && ladders.live === 0 && ladders.waiting === 0

  /** Begins what is due; tells when the next op is. */
  const advance = (now: Micros): Micros => {
    for (let op = ladders.next(now); op !== NONE; op = ladders.next(now)) begin(op)
    for (let begun = 0; cursor < ops.count; begun++) {
      const instant = clock.now()
      if (ops.at[cursor]! > instant && !isBarren()) break
      if (begun === TURN) return instant
      offer(cursor++, instant)
    }
    return Math.min(ops.at[cursor] ?? Number.POSITIVE_INFINITY, ladders.wake(now))
  }
  const flush = (now: Micros): void => {
    flushed = now
    listener.events(events.take(now))
    const gauges = vitals.take(now, cursor)
    if (gauges !== null) listener.vitals(gauges)
  }
  const isOver = (): boolean =>
    flights.count === 0 &&
    (patience < Number.POSITIVE_INFINITY ||
      (cursor === ops.count && ladders.waiting === 0 && controls.waiting === 0))

  const work = (now: Micros): Micros | null => {
    const stopping = patience < Number.POSITIVE_INFINITY
    const next = stopping ? patience : advance(now)
    if (now >= swept + SWEEP_EVERY) {
      swept = now
      flights.sweep(now)
    }
    if (now >= patience) flights.giveUp(now)
    if (isOver()) {
      controls.giveUp()
      const until = clock.now()
      flush(until)
      resolve({ until, interrupted: stopping })
      return null
    }
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
