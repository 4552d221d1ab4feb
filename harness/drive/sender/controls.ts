import {
  ACTIONS,
  type Action,
  FAIL,
  NOT_SENT,
  OK,
  SECOND,
  SKIPPED,
  UNKNOWN,
  VIA_INDEX,
} from '../../model/index.ts'
import { flightOf } from './flights.ts'
import { NOT_OPEN, NOT_SUPPORTED, writeFailure } from './outcome.ts'
import { followingOf } from './routes.ts'
import { land, type Stage } from './stage.ts'

/** Maintenance may take longer than any request of a user. */
const LIMIT = 600 * SECOND

export interface Controls {
  perform(op: number): void
  /** Controls that wait for something: a swap for its backfill, a drop for its swap. */
  readonly waiting: number
  /** What waits will not be sent. */
  giveUp(): void
}

/** Performs controls. A `swap` waits for the last backfill write, a `drop` for the swap. */
export const createControls = (stage: Stage): Controls => {
  const { bench, trace, clock, flights, board, events, routes } = stage
  const { ops } = trace
  const waiting = new Set<number>()
  let swapUnderway = false

  const refuse = (op: number, outcome: typeof FAIL | typeof SKIPPED, why: string): void => {
    waiting.delete(op)
    events.notSent(op, ops.space[op]!, 0, outcome, why)
    if (ACTIONS[ops.action[op]! - 1] === 'swap') releaseDrops()
  }
  const call = (op: number, run: (signal: AbortSignal) => Promise<void>): void => {
    waiting.delete(op)
    const isSwap = ACTIONS[ops.action[op]! - 1] === 'swap'
    swapUnderway ||= isSwap
    const flight = flightOf(op, VIA_INDEX, ops.space[op]!, 0, LIMIT)
    board.take(Number.POSITIVE_INFINITY)
    const end = (done: number, what: Parameters<typeof land>[3]): void => {
      land(stage, flight, done, what)
      if (isSwap) releaseDrops()
    }
    flights.send(flight, run, {
      answered: (_, done) => end(done, { outcome: OK }),
      failed: (error, done) => end(done, writeFailure(error)),
      late: (done, error) => end(done, { outcome: UNKNOWN, error }),
    })
  }
  const releaseDrops = (): void => {
    swapUnderway = false
    for (const op of waiting) drop(op)
  }

  const mark = (op: number): void => {
    const now = clock.now()
    board.take(Number.POSITIVE_INFINITY)
    land(stage, { ...flightOf(op, VIA_INDEX, ops.space[op]!, 0, 0), sent: now }, now, {
      outcome: OK,
    })
  }
  const compact = (op: number): void => {
    const engine = routes.space(ops.space[op]!)?.writer
    if (engine === undefined) refuse(op, FAIL, NOT_OPEN)
    else if (engine.compact === undefined) refuse(op, FAIL, NOT_SUPPORTED)
    else call(op, (signal) => engine.compact!(signal))
  }
  const create = (op: number): void => call(op, () => stage.open(ops.space[op]!))
  const swap = (op: number): void => {
    waiting.add(op)
    swapUnderway = true
    routes.whenBackfilled(() => {
      if (!waiting.has(op)) return
      if (followingOf(bench) === 'nothing') refuse(op, FAIL, NOT_SUPPORTED)
      else if (routes.space(1) === undefined) refuse(op, FAIL, NOT_OPEN)
      else call(op, routes.swap)
    })
  }
  const drop = (op: number): void => {
    const name = routes.space(ops.space[op]!)?.collection.name
    if (swapUnderway) waiting.add(op)
    else if (ops.space[op] === 0 && !routes.swapped) refuse(op, SKIPPED, NOT_SENT.noSwap)
    else if (bench.adapter.drop === undefined) refuse(op, FAIL, NOT_SUPPORTED)
    else if (name === undefined) refuse(op, FAIL, NOT_OPEN)
    else call(op, () => bench.adapter.drop!(bench.options, name))
  }
  const actions: Readonly<Record<Action, (op: number) => void>> = {
    checkpoint: mark,
    compact,
    create,
    swap,
    drop,
  }
  return {
    perform: (op) => actions[ACTIONS[ops.action[op]! - 1]!](op),
    get waiting() {
      return waiting.size
    },
    giveUp: () => {
      for (const op of waiting) events.notSent(op, ops.space[op]!, 0, SKIPPED, NOT_SENT.noSwap)
      waiting.clear()
    },
  }
}
