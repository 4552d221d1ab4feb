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

/** The requests on their way. An answer after the limit is late, even if it comes before the sweep that would have noticed. */
export const createFlights = (clock: Clock): Flights => {
  const underway = new Map<Flight, (done: Micros, why: string) => void>()
  const controllers = new Map<number, AbortController>()
  let swept = Math.floor(clock.now() / SPAN)

  const controllerOf = (span: number): AbortController => {
    const known = controllers.get(span)
    if (known !== undefined) return known
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    controllers.set(span, controller)
    return controller
  }
  const close = (flight: Flight): boolean => {
    if (!flight.open) return false
    flight.open = false
    underway.delete(flight)
    return true
  }
  const send = <T>(
    flight: Flight,
    call: (signal: AbortSignal) => Promise<T>,
    landings: Landings<T>,
  ): void => {
    underway.set(flight, landings.late)
    flight.span = Math.ceil((clock.now() + flight.limit) / SPAN)
    const { signal } = controllerOf(flight.span)
    flight.sent = clock.now()
    begin(call, signal).then(
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
  /** Declares late what shares a span up to `last`; an op whose limit passes a little before its span's end waits for it. */
  const expire = (last: number, now: Micros, why: string): void => {
    for (const [flight, late] of underway) {
      if (flight.span > last || !close(flight)) continue
      late(now, why)
      controllerOf(flight.span).abort(TIMED_OUT)
    }
  }
  return {
    get count() {
      return underway.size
    },
    send,
    sweep: (now) => {
      const last = Math.floor(now / SPAN)
      expire(last, now, TIMEOUT)
      while (swept < last) controllers.delete(++swept)
    },
    giveUp: (now) => expire(Number.POSITIVE_INFINITY, now, INTERRUPTED),
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
