import {
  DELETE,
  FAIL,
  type History,
  type Id,
  type Micros,
  OK,
  type Trace,
  UNKNOWN,
  UPSERT,
  type Version,
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

/** The writes of a run by collection and id. */
export interface Writes {
  /** By `sent`, then op; those never sent last. */
  of(space: number, id: Id): readonly Write[]
  /** Every id that the trace writes to a collection, once, ascending. */
  ids(space: number): Iterable<Id>
}

/** Op → its event (−1 for none), and its outcome (−1 for an op that was not offered). */
interface Joined {
  readonly eventOf: Int32Array
  outcomeOf(op: number): number
}

/**
 * Writes by id. What is kept are 8 bytes a written row and 4 an id; a `Write` is made when it is asked for, so that the ops of a run
 * never become objects all at once.
 */
export const writesBy = (trace: Trace, history: History, joined: Joined): Writes => {
  const write = readerOf(trace, history, joined)
  const bySpace = new Map<number, Index>()
  const inSpace = (space: number): Index => {
    const index = bySpace.get(space) ?? indexOf(trace, joined, space, write)
    bySpace.set(space, index)
    return index
  }
  const listOf = (space: number, id: Id): readonly Write[] => {
    const { start, op, row } = inSpace(space)
    if (id + 1 >= start.length || start[id] === start[id + 1]) return NONE
    const list: Write[] = []
    for (let i = start[id]!; i < start[id + 1]!; i++) list.push(write(op[i]!, row[i]!))
    return list
  }
  // One id is asked about several times in a row.
  let last = { space: -1, id: -1, list: NONE }
  return {
    of: (space, id) => {
      if (last.id !== id || last.space !== space) last = { space, id, list: listOf(space, id) }
      return last.list
    },
    ids: (space) => writtenIn(inSpace(space)),
  }
}

const NONE: readonly Write[] = []

function* writtenIn(index: Index): Generator<Id> {
  for (let id = 0; id + 1 < index.start.length; id++) {
    if (index.start[id + 1]! > index.start[id]!) yield id
  }
}

/** Writes of one collection: those of an id are places start[id] … start[id + 1] − 1. */
interface Index {
  readonly start: Uint32Array
  readonly op: Uint32Array
  /** Place in `ops.ids`. */
  readonly row: Uint32Array
}

type ReadWrite = (op: number, row: number) => Write

const readerOf = ({ ops }: Trace, history: History, { eventOf, outcomeOf }: Joined): ReadWrite => {
  const sentOf = (op: number): Micros => {
    const event = eventOf[op]!
    const sent = event < 0 ? ops.at[op]! : history.sent[event]!
    return Number.isNaN(sent) ? Infinity : sent
  }
  return (op, row) => {
    const event = eventOf[op]!
    const id = ops.ids[row]!
    const whole = outcomeOf(op)
    const outcome = whole === UNKNOWN && isRefused(history, event, id) ? FAIL : whole
    return {
      op,
      space: ops.space[op]!,
      id,
      version: ops.kind[op] === DELETE ? DELETED : ops.versions[row]!,
      due: ops.at[op]!,
      sent: sentOf(op),
      done: outcome === OK ? history.done[event]! : Infinity,
      outcome,
    }
  }
}

/** A counting sort by id keeps the order of the trace; then each id's writes are put in the order they were sent. */
const indexOf = ({ ops }: Trace, { outcomeOf }: Joined, space: number, write: ReadWrite): Index => {
  const isHere = (op: number): boolean =>
    ops.space[op] === space &&
    (ops.kind[op] === UPSERT || ops.kind[op] === DELETE) &&
    outcomeOf(op) >= 0
  let ids = 0
  for (let op = 0; op < ops.count; op++) {
    if (!isHere(op)) continue
    for (let row = ops.rows[op]!; row < ops.rows[op + 1]!; row++) {
      ids = Math.max(ids, ops.ids[row]! + 1)
    }
  }
  const start = new Uint32Array(ids + 1)
  for (let op = 0; op < ops.count; op++) {
    if (!isHere(op)) continue
    for (let row = ops.rows[op]!; row < ops.rows[op + 1]!; row++) start[ops.ids[row]! + 1]!++
  }
  for (let id = 0; id < ids; id++) start[id + 1]! += start[id]!
  const next = start.slice()
  const index = { start, op: new Uint32Array(start[ids]!), row: new Uint32Array(start[ids]!) }
  for (let op = 0; op < ops.count; op++) {
    if (!isHere(op)) continue
    for (let row = ops.rows[op]!; row < ops.rows[op + 1]!; row++) {
      const place = next[ops.ids[row]!]!++
      index.op[place] = op
      index.row[place] = row
    }
  }
  for (let id = 0; id < ids; id++) inOrder(index, start[id]!, start[id + 1]!, write)
  return index
}

/** Most ids have one write, or several in the order of the trace. */
const inOrder = ({ op, row }: Index, from: number, to: number, write: ReadWrite): void => {
  if (to - from < 2) return
  const writes = Array.from({ length: to - from }, (_, i) => write(op[from + i]!, row[from + i]!))
  if (writes.every((one, i) => i === 0 || bySent(writes[i - 1]!, one) <= 0)) return
  const order = writes.map((_, i) => i).sort((a, b) => bySent(writes[a]!, writes[b]!))
  const rows = row.slice(from, to)
  order.forEach((was, i) => {
    op[from + i] = writes[was]!.op
    row[from + i] = rows[was]!
  })
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
