import {
  DELETE,
  FAIL,
  type History,
  type Id,
  type Micros,
  OK,
  type RunData,
  type Trace,
  UNKNOWN,
  UPSERT,
  type Version,
  VIA_INDEX,
} from '../model/index.ts'

/** In `Write.version`: this write was a delete. */
export const DELETED = -1

/** One row's part in one write op, with what became of it. */
export interface Write {
  readonly op: number
  readonly space: number
  readonly id: Id
  /** The version it wrote, or DELETED. */
  readonly version: Version
  readonly due: Micros
  /** Infinity if it was never sent. */
  readonly sent: Micros
  /** The instant of the answer if it was `ok`, else Infinity: definitions §3 counts `unknown` as done = ∞. */
  readonly done: Micros
  readonly outcome: number
}

/** Trace and history joined: the first thing that every analysis reads. */
export interface View {
  readonly run: RunData
  readonly trace: Trace
  readonly history: History
  /** Op → its event through the index, or −1 if there is none. */
  readonly eventOf: Int32Array
  /** Op → its exact check, or −1. */
  readonly exactOf: Int32Array
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
  const exactOf = new Int32Array(ops.count).fill(-1)
  for (let event = 0; event < history.count; event++) {
    const table = history.via[event] === VIA_INDEX ? eventOf : exactOf
    table[history.op[event]!] = event
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
  const writes = groupWrites(trace, history, eventOf, outcomeOf)

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
    writesOf: (space, id) => writes.get(space)?.get(id) ?? NO_WRITES,
    writtenIds: (space) => writes.get(space)?.keys() ?? [],
    preload: meta.preload,
  }
}

const NO_WRITES: readonly Write[] = []

/** space → id → writes in the order they were sent. */
const groupWrites = (
  trace: Trace,
  history: History,
  eventOf: Int32Array,
  outcomeOf: (op: number) => number,
): ReadonlyMap<number, ReadonlyMap<Id, readonly Write[]>> => {
  const { ops } = trace
  const grouped = new Map<number, Map<Id, Write[]>>()
  for (let op = 0; op < ops.count; op++) {
    const kind = ops.kind[op]!
    if (kind !== UPSERT && kind !== DELETE) continue
    const whole = outcomeOf(op)
    if (whole < 0) continue
    const event = eventOf[op]!
    const sent = event < 0 ? ops.at[op]! : history.sent[event]!
    const space = ops.space[op]!
    const byId = grouped.get(space) ?? new Map<Id, Write[]>()
    grouped.set(space, byId)
    for (let row = ops.rows[op]!; row < ops.rows[op + 1]!; row++) {
      const id = ops.ids[row]!
      const outcome = whole === UNKNOWN && isRefused(history, event, id) ? FAIL : whole
      const write: Write = {
        op,
        space,
        id,
        version: kind === DELETE ? DELETED : ops.versions[row]!,
        due: ops.at[op]!,
        sent: Number.isNaN(sent) ? Infinity : sent,
        done: outcome === OK ? history.done[event]! : Infinity,
        outcome,
      }
      const list = byId.get(id)
      if (list) list.push(write)
      else byId.set(id, [write])
    }
  }
  for (const byId of grouped.values()) {
    for (const list of byId.values()) {
      if (list.length > 1) list.sort(bySent)
    }
  }
  return grouped
}

/** Was this row of a batch refused by name, so that it surely did not happen? */
const isRefused = (history: History, event: number, id: Id): boolean => {
  if (event < 0) return false
  for (let i = history.refused[event]!; i < history.refused[event + 1]!; i++) {
    if (history.refusedIds[i] === id) return true
  }
  return false
}

/** By `sent`; infinities are equal to each other, so those never sent keep the order of the trace. */
const bySent = (a: Write, b: Write): number => (a.sent === b.sent ? a.op - b.op : a.sent - b.sent)
