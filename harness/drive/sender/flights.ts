import { setMaxListeners } from 'node:events'
import { type Clock, MILLI, type Micros } from '../../model/index.ts'
import { INTERRUPTED, TIMEOUT } from './outcome.ts'

/** Signals are shared by the ops whose time-outs fall into the same span: one AbortController for each would cost more than the op. */
const SPAN = 10 * MILLI

/** One request on its way. */
export interface Flight {
  readonly op: number
  readonly via: number
  readonly space: number
  readonly model: number
  /** How long it may take, counted from `sent`. */
  readonly limit: Micros
  sent: Micros
  /** Which signal it shares. */
  span: number
  /** False once it is recorded: whatever comes after is ignored. */
  open: boolean
}

/** A flight that has not left yet. */
export const flightOf = (
  op: number,
  via: number,
  space: number,
  model: number,
  limit: Micros,
): Flight => ({ op, via, space, model, limit, sent: Number.NaN, span: 0, open: true })

/** What became of a flight: an answer, an error, or (late) nothing in time. */
export interface Landings<T> {
  answered(answer: T, done: Micros): void
  failed(error: unknown, done: Micros): void
  /** Nothing came in time (timeout), or nothing came before the run was ended (interrupted). */
  late(done: Micros, why: string): void
}

export interface Flights {
  readonly count: number
  /** Stamps `sent`, calls the client, and tells what became of it, once. */
  send<T>(flight: Flight, call: (signal: AbortSignal) => Promise<T>, landings: Landings<T>): void
  /** Declares late what is over its limit, and aborts it. */
  sweep(now: Micros): void
  /** Declares late everything on its way, and aborts it. */
  giveUp(now: Micros): void
}

/** The flights whose limits pass within one span, and the signal they share. */
interface Span {
  readonly controller: AbortController
  readonly underway: Map<Flight, (done: Micros, why: string) => void>
}

const NO_SPAN: Span = { controller: new AbortController(), underway: new Map() }

/** The requests on their way. An answer after the limit is late, even if it comes before the sweep that would have noticed. */
export const createFlights = (clock: Clock): Flights => {
  const spans = new Map<number, Span>()
  let count = 0
  let swept = Math.floor(clock.now() / SPAN)

  const spanAt = (at: number): Span => {
    const known = spans.get(at)
    if (known !== undefined) return known
    const span: Span = { controller: new AbortController(), underway: new Map() }
    setMaxListeners(0, span.controller.signal)
    spans.set(at, span)
    return span
  }
  const close = (flight: Flight): boolean => {
    if (!flight.open) return false
    flight.open = false
    spans.get(flight.span)?.underway.delete(flight)
    count--
    return true
  }
  const send = <T>(
    flight: Flight,
    call: (signal: AbortSignal) => Promise<T>,
    landings: Landings<T>,
  ): void => {
    flight.span = Math.ceil((clock.now() + flight.limit) / SPAN)
    const { controller, underway } = spanAt(flight.span)
    underway.set(flight, landings.late)
    count++
    flight.sent = clock.now()
    begin(call, controller.signal).then(
      (answer) => {
        const done = clock.now()
        if (!close(flight)) return
        if (done > flight.sent + flight.limit) landings.late(done, TIMEOUT)
        else landings.answered(answer, done)
      },
      (error: unknown) => {
        const done = clock.now()
        if (!close(flight)) return
        if (done > flight.sent + flight.limit) landings.late(done, TIMEOUT)
        else landings.failed(error, done)
      },
    )
  }
  /** Declares late what shares a span; an op whose limit passes a little before its span's end waits for it. */
  const expire = (at: number, now: Micros, why: string): void => {
    const { controller, underway } = spans.get(at) ?? NO_SPAN
    spans.delete(at)
    for (const [flight, late] of underway) if (close(flight)) late(now, why)
    if (underway.size > 0) controller.abort(TIMED_OUT)
  }
  return {
    get count() {
      return count
    },
    send,
    sweep: (now) => {
      const last = Math.floor(now / SPAN)
      while (swept < last) expire(++swept, now, TIMEOUT)
    },
    giveUp: (now) => {
      for (const at of [...spans.keys()]) expire(at, now, INTERRUPTED)
    },
  }
}

const TIMED_OUT = new DOMException('the time-out of the request has passed', 'TimeoutError')

/** An adapter that throws at once is one that rejects. */
const begin = <T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
  try {
    return call(signal)
  } catch (error) {
    return Promise.reject(error)
  }
}
