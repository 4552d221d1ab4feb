import { CONTROL, type Micros, NONE, type OpColumns, PROBE, SEARCH } from '../../model/index.ts'

/** How the probes of a trace belong together: one ladder for each probed row of a write. */
export interface Rungs {
  /** How many ladders; they are numbered in the order of their writes, so those of one write are neighbours. */
  readonly ladders: number
  /** Per op: the ladder of a probe; the first ladder of a write; else NONE. */
  readonly ladder: Int32Array
  /** Per ladder: the op of its write. */
  readonly write: Uint32Array
  /** Per ladder: how many probes it has. */
  readonly probes: Uint32Array
  /** Per ladder: when the id's next write in the same space is due, which ends it; else Infinity. */
  readonly superseded: Float64Array
  /** How many ops there are up to the last that is no probe. */
  readonly others: number
}

const isWrite = (kind: number): boolean => kind !== SEARCH && kind !== PROBE && kind !== CONTROL

/** Finds the ladders of a trace; two passes over its rows. */
export const rungsOf = (ops: OpColumns): Rungs => {
  const places = placesOf(ops)
  const ladder = new Int32Array(ops.count).fill(NONE)
  const at = new Int32Array(ops.ids.length).fill(NONE)
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] === PROBE) at[places[op]!] = 0
  }
  const writes: number[] = []
  let others = 0
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) others = op + 1
    for (let place = ops.rows[op]!; place < ops.rows[op + 1]!; place++) {
      if (!isWrite(ops.kind[op]!) || at[place] === NONE) continue
      at[place] = writes.length
      if (ladder[op] === NONE) ladder[op] = writes.length
      writes.push(op)
    }
  }
  const probes = new Uint32Array(writes.length)
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    ladder[op] = at[places[op]!]!
    probes[ladder[op]!]!++
  }
  const superseded = nextWrites(ops, at, writes.length)
  return {
    ladders: writes.length,
    ladder,
    write: Uint32Array.from(writes),
    probes,
    superseded,
    others,
  }
}

/** Per probe: where in `ids` the row of its write stands. */
const placesOf = (ops: OpColumns): Uint32Array => {
  const places = new Uint32Array(ops.count)
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    const id = ops.ids[ops.rows[op]!]
    let place = ops.rows[ops.of[op]!]!
    while (ops.ids[place] !== id) place++
    places[op] = place
  }
  return places
}

/** Per ladder: when the next write of its id in its space is due. `at` is the ladder of each row of a write, or NONE. */
const nextWrites = (ops: OpColumns, at: Int32Array, ladders: number): Float64Array => {
  const next = new Float64Array(ladders).fill(Number.POSITIVE_INFINITY)
  const last = new Map<number, number>()
  for (let op = 0; op < ops.count; op++) {
    if (!isWrite(ops.kind[op]!)) continue
    const due: Micros = ops.at[op]!
    for (let place = ops.rows[op]!; place < ops.rows[op + 1]!; place++) {
      const key = ops.ids[place]! * 256 + ops.space[op]!
      const ladder = last.get(key)
      if (ladder !== undefined) {
        next[ladder] = due
        last.delete(key)
      }
      if (at[place] !== NONE) last.set(key, at[place]!)
    }
  }
  return next
}
