import { type Clock, MILLI, type Micros } from '../../model/index.ts'

/** Below this the pacer spins in event-loop turns: a timer comes up to a millisecond late, a turn takes microseconds. */
const SPIN = 2 * MILLI
const LONGEST_SLEEP = 1000
/** A timer of Node comes this much late by rounding alone. */
const ROUNDING = 1.1 * MILLI
/** A turn without work that takes longer was not a mere spin: something of the client's ran, or the thread was not scheduled. */
const EMPTY_TURN = 50

export interface Pacing {
  readonly clock: Clock
  /** Does what is due and returns when the next thing is: now or earlier = at the next turn; Infinity = when stirred; null = the end. */
  work(now: Micros): Micros | null
  /** The thread was inside callbacks for `stretch` up to `now`; `busy` tells work from mere spinning. */
  turned(now: Micros, stretch: Micros, busy: boolean): void
}

export interface Pacer {
  start(): void
  /**
   * Something came in or went out: this turn of the event loop was work, and ends with a turn of the pacer. What has come due
   * meanwhile is done at once, behind the callback that stirs: ten answers that came together do not hold up a request.
   */
  stir(): void
}

/**
 * An open loop's sense of time: calls `work` when it asked to be called. It sleeps while the next thing is more than 2 ms off and
 * spins in turns of the event loop below, so that answers are handled in between.
 */
export const createPacer = ({ clock, work, turned }: Pacing): Pacer => {
  let armed = false
  let worked = false
  let ended = false
  let working = false
  let due: Micros = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let last = clock.now()
  /** How long the loop had been idle when the thread went to sleep; NaN while it spins, which is never idle and asked for nothing. */
  let idleBefore = Number.NaN

  const account = (now: Micros): void => {
    const idle = Number.isNaN(idleBefore) ? 0 : idleSoFar() - idleBefore
    const stretch = Math.max(0, now - last - idle)
    turned(now, stretch, worked || stretch > EMPTY_TURN)
    last = now
    idleBefore = Number.NaN
    worked = false
  }
  const doWork = (now: Micros): void => {
    working = true
    const next = work(now)
    working = false
    due = next ?? Number.POSITIVE_INFINITY
    ended = next === null
    if (ended) clearTimeout(timer)
  }
  const turn = (): void => {
    armed = false
    if (ended) return
    const now = clock.now()
    account(now)
    doWork(now)
    if (ended) return
    const rest = Math.floor((due - clock.now() - SPIN) / MILLI)
    if (rest < 1) arm()
    else if (rest < Number.POSITIVE_INFINITY) sleep(rest)
  }
  /** Not a turn: the callbacks of this turn of the loop are one stretch, whatever is sent between them. */
  const catchUp = (): void => {
    const now = clock.now()
    if (!ended && now >= due) doWork(now)
  }
  const arm = (): void => {
    if (armed) return
    armed = true
    clearTimeout(timer)
    setImmediate(turn)
  }
  const sleep = (milliseconds: number): void => {
    clearTimeout(timer)
    idleBefore = idleSoFar()
    const rest = Math.min(milliseconds, LONGEST_SLEEP)
    const wanted = clock.now() + rest * MILLI
    timer = setTimeout(() => {
      const now = clock.now()
      const late = now - wanted - ROUNDING
      if (late > 0 && !armed) turned(now, late, false)
      if (!armed) turn()
    }, rest)
  }
  return {
    start: arm,
    stir: () => {
      worked = true
      arm()
      if (!working && clock.now() >= due) queueMicrotask(catchUp)
    },
  }
}

/** How long this thread's event loop has waited for events, in microseconds. */
const idleSoFar = (): Micros => performance.eventLoopUtilization().idle * MILLI
