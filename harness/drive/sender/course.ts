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
  /** The last instant by which everything due has been begun or skipped; Infinity if that is all there is. */
  readonly begun: Micros
}

/**
 * Begins each op of this sender when it is due, or skips it; `begun` hears of each before it is sent. `share`: this sender's ops,
 * in their order; null = all.
 */
export const createCourse = (
  stage: Stage,
  share: Uint32Array | null,
  begun: () => void,
): Course => {
  const { trace, clock, events, ladders } = stage
  const { ops } = trace
  const searches = createSearches(stage)
  const write = createWrites(stage)
  const controls = createControls(stage)
  const count = share?.length ?? ops.count
  let cursor = 0

  const opAt = (place: number): number => (share === null ? place : (share[place] ?? ops.count))
  const dueAt = (place: number): Micros => ops.at[opAt(place)] ?? Number.POSITIVE_INFINITY

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
    opAt(cursor) >= ladders.others && ladders.live === 0 && ladders.waiting === 0

  return {
    get offered() {
      return cursor
    },
    get done() {
      return cursor === count && ladders.waiting === 0 && controls.waiting === 0
    },
    advance: (now) => {
      for (let op = ladders.next(now); op !== NONE; op = ladders.next(now)) begin(op)
      for (let turn = 0; cursor < count; turn++) {
        const instant = clock.now()
        if (dueAt(cursor) > instant && !isBarren()) break
        if (turn === TURN) return instant
        offer(opAt(cursor++), instant)
      }
      return Math.min(dueAt(cursor), ladders.wake(now))
    },
    giveUp: () => {
      controls.giveUp()
      ladders.giveUp()
    },
    get begun() {
      return dueAt(cursor) - 1
    },
  }
}
