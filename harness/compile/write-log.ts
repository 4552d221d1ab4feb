import { DELETE, type Id, type Micros, UPSERT } from '../model/index.ts'
import type { OpBuilder } from './columns.ts'
import { growable } from './growable.ts'
import { REMOVE } from './requests.ts'

/** Every row that was written, once a row and collection, in the order of generation. Trace time. */
export interface WriteLog {
  readonly count: number
  readonly op: Uint32Array
  readonly due: Float64Array
  readonly id: Uint32Array
  /** What was written; for a delete, what was there before. */
  readonly version: Uint32Array
  /** INSERT, UPDATE or REMOVE, as that collection sees it. */
  readonly what: Uint8Array
  readonly space: Uint8Array
  /** When the row's last write to this collection was due: 0 = preloaded, NaN = it was not there. */
  readonly before: Float64Array
}

/** Appends write ops, and remembers for each collection what was written when. */
export interface Writer {
  /** Begins an op; `row` adds to it. */
  op(what: number, at: Micros, space: number, phase: number): void
  row(id: Id, version: number): void
  log(): WriteLog
}

export const writerOf = (ops: OpBuilder, rows: number, preload: number, spaces: number): Writer => {
  const last = Array.from({ length: spaces }, (_, space) =>
    new Float64Array(rows).fill(Number.NaN).fill(0, 0, space === 0 ? preload : 0),
  )
  const held = last.map(() => new Uint32Array(rows))
  const columns = {
    op: growable(Uint32Array),
    due: growable(Float64Array),
    id: growable(Uint32Array),
    version: growable(Uint32Array),
    what: growable(Uint8Array),
    space: growable(Uint8Array),
    before: growable(Float64Array),
  }
  let op = 0
  let what = 0
  let at = 0
  let space = 0
  return {
    op: (does, due, where, phase) => {
      what = does
      at = due
      space = where
      op = ops.add(at, what === REMOVE ? DELETE : UPSERT, space, phase)
    },
    row: (id, version) => {
      ops.row(id, what === REMOVE ? 0 : version)
      columns.op.push(op)
      columns.due.push(at)
      columns.id.push(id)
      columns.version.push(what === REMOVE ? held[space]![id]! : version)
      columns.what.push(what)
      columns.space.push(space)
      columns.before.push(last[space]![id]!)
      last[space]![id] = what === REMOVE ? Number.NaN : at
      held[space]![id] = version
    },
    log: () => ({
      count: columns.op.length,
      op: columns.op.values(),
      due: columns.due.values(),
      id: columns.id.values(),
      version: columns.version.values(),
      what: columns.what.values(),
      space: columns.space.values(),
      before: columns.before.values(),
    }),
  }
}
