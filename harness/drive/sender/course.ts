import { CONTROL, type Micros, NONE, PROBE, SEARCH, SKIPPED } from '../../model/index.ts'
import { createControls } from './controls.ts'
import { createSearches } from './searches.ts'
import type { Stage } from './stage.ts'
import { createWrites } from './writes.ts'

/** At most so many ops are begun in one turn of the event loop, so that answers are handled in between. */
const TURN = 16

/** The way through a trace, op after op. */
export interface Course {
  /** Ops that have come due so far. */
  readonly offered: number
  /** Every op was begun or skipped; nothing waits. */
  readonly done: boolean
  /** Begins what is due; tells when the next op is. */
  advance(now: Micros): Micros
  /** What waits will not be sent. */
  giveUp(): void
  /** The last instant, up to `now`, by which everything due has been begun or skipped. */
  begunBy(now: Micros): Micros
}

/** Begins each op when it is due, or skips it; `begun` hears of each before it is sent. */
export const createCourse = (stage: Stage, begun: () => void): Course => {
  const { trace, clock, events, ladders } = stage
  const { ops } = trace
  const searches = createSearches(stage)
  const write = createWrites(stage)
  const controls = createControls(stage)
  let cursor = 0

  const begin = (op: number): void => {
    begun()
    const kind = ops.kind[op]!
    if (kind === SEARCH) searches.search(op)
    else if (kind === PROBE) searches.probe(op)
    else if (kind === CONTROL) controls.perform(op)
    else write(op)
  }
  const offer = (op: number, now: Micros): void => {
    const verdict = ops.kind[op] === PROBE ? ladders.due(op, now) : 'send'
    if (verdict === 'send') begin(op)
    else if (verdict !== 'wait')
      events.notSent(op, ops.space[op]!, ops.model[op]!, SKIPPED, verdict)
  }
  /** All that is left would be skipped: no op but probes, and no ladder that could still send one. */
  const isBarren = (): boolean =>
    cursor >= ladders.others && ladders.live === 0 && ladders.waiting === 0

  return {
    get offered() {
      return cursor
    },
    get done() {
      return cursor === ops.count && ladders.waiting === 0 && controls.waiting === 0
    },
    advance: (now) => {
      for (let op = ladders.next(now); op !== NONE; op = ladders.next(now)) begin(op)
      for (let turn = 0; cursor < ops.count; turn++) {
        const instant = clock.now()
        if (ops.at[cursor]! > instant && !isBarren()) break
        if (turn === TURN) return instant
        offer(cursor++, instant)
      }
      return Math.min(ops.at[cursor] ?? Number.POSITIVE_INFINITY, ladders.wake(now))
    },
    giveUp: () => {
      controls.giveUp()
      ladders.giveUp()
    },
    begunBy: (now) => Math.min(now, (ops.at[cursor] ?? Number.POSITIVE_INFINITY) - 1),
  }
}
