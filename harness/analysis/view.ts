import {
  type History,
  type Id,
  type Micros,
  type RunData,
  type Trace,
  UNKNOWN,
  VIA_INDEX,
} from '../model/index.ts'
import { type Write, writesBy } from './writes.ts'

export { DELETED, type Write } from './writes.ts'

/** Trace and history joined: the first thing that every analysis reads. */
export interface View {
  readonly run: RunData
  readonly trace: Trace
  readonly history: History
  /** Op → its event through the index, or −1 if there is none. */
  readonly eventOf: Int32Array
  /** Op → its exact check, for the few that have one. */
  readonly exactOf: ReadonlyMap<number, number>
  /** Ops due later than this are not part of the run: infinite for a whole run, the last flush for a killed one. */
  readonly horizon: Micros
  /** Every op of the trace has its event. */
  readonly complete: boolean
  /** Outcome code of an op, UNKNOWN for one that was due but has no event, −1 for one that was not offered. */
  outcomeOf(op: number): number
  /** Handed to the client; NaN if it never was. */
  sentOf(op: number): Micros
  /** Answered; NaN if it never was. */
  doneOf(op: number): Micros
  isMeasured(op: number): boolean
  /** The writes of an id in a collection, by `sent`, then op; those never sent last. */
  writesOf(space: number, id: Id): readonly Write[]
  /** Every (space, id) that the trace writes, once. */
  writtenIds(space: number): Iterable<Id>
  /** Ids of space 0 below this were loaded before the clock started. */
  readonly preload: number
}

/** Joins a trace with its history. Ops are matched by number; time and memory are linear in both. */
export const viewOf = (run: RunData): View => {
  const { trace, history } = run
  const { ops, meta } = trace
  const eventOf = new Int32Array(ops.count).fill(-1)
  const exactOf = new Map<number, number>()
  for (let event = 0; event < history.count; event++) {
    const op = history.op[event]!
    if (history.via[event] === VIA_INDEX) eventOf[op] = event
    else exactOf.set(op, event)
  }
  const complete = !eventOf.includes(-1)
  const horizon = complete ? Infinity : history.until

  const outcomeOf = (op: number): number => {
    const event = eventOf[op]!
    if (event >= 0) return history.outcome[event]!
    return ops.at[op]! <= horizon ? UNKNOWN : -1
  }
  const sentOf = (op: number): Micros => {
    const event = eventOf[op]!
    return event < 0 ? Number.NaN : history.sent[event]!
  }
  const doneOf = (op: number): Micros => {
    const event = eventOf[op]!
    return event < 0 ? Number.NaN : history.done[event]!
  }
  const writes = writesBy(trace, history, { eventOf, outcomeOf })

  return {
    run,
    trace,
    history,
    eventOf,
    exactOf,
    horizon,
    complete,
    outcomeOf,
    sentOf,
    doneOf,
    isMeasured: (op) => meta.phases[ops.phase[op]!]!.measured,
    writesOf: writes.of,
    writtenIds: writes.ids,
    preload: meta.preload,
  }
}
