import { NONE, type OpColumns } from '../model/index.ts'
import { growable } from './growable.ts'
import { stableOrder } from './order.ts'

/** The columns that have one value an op, in the order of the hash; `rows`, `ids`, `versions` come after `phase`. */
const FIXED = {
  at: Float64Array,
  kind: Uint8Array,
  space: Uint8Array,
  phase: Uint16Array,
  query: Int32Array,
  model: Uint8Array,
  k: Uint32Array,
  effort: Int32Array,
  perturb: Uint32Array,
  expect: Uint8Array,
  watch: Uint8Array,
  exact: Uint8Array,
  of: Int32Array,
  checkpoint: Int32Array,
  action: Uint8Array,
} as const

type Name = keyof typeof FIXED
type Fixed = { -readonly [K in Name]: InstanceType<(typeof FIXED)[K]> }
const NAMES = Object.keys(FIXED) as Name[]
const NULLABLE: readonly Name[] = ['query', 'effort', 'of', 'checkpoint']

/** Ops as they are generated, in any order of time. */
export interface OpBuilder {
  readonly count: number
  /** The columns, for the fields that `add` leaves at their defaults; the arrays are replaced as they grow. */
  readonly fields: Fixed
  /** Appends an op; gives its number, before sorting. */
  add(at: number, kind: number, space: number, phase: number): number
  /** Appends a row to the op added last. */
  row(id: number, version: number): void
  /** The ops ordered by `at`, equal instants in the order of generation; `of` renumbered. */
  finish(): OpColumns
}

export const opBuilder = (): OpBuilder => {
  let capacity = 1024
  let count = 0
  const fields = Object.fromEntries(NAMES.map((name) => [name, column(name, capacity)])) as Fixed
  const starts = growable(Uint32Array)
  const ids = growable(Uint32Array)
  const versions = growable(Uint32Array)
  const grow = (): void => {
    capacity *= 2
    for (const name of NAMES) {
      const larger = column(name, capacity)
      larger.set(fields[name])
      Object.assign(fields, { [name]: larger })
    }
  }
  return {
    get count() {
      return count
    },
    fields,
    add: (at, kind, space, phase) => {
      if (count === capacity) grow()
      fields.at[count] = at
      fields.kind[count] = kind
      fields.space[count] = space
      fields.phase[count] = phase
      starts.push(ids.length)
      return count++
    },
    row: (id, version) => {
      ids.push(id)
      versions.push(version)
    },
    finish: () => {
      starts.push(ids.length)
      const order = stableOrder(fields.at.subarray(0, count))
      const sorted = Object.fromEntries(
        NAMES.map((name) => [name, gather(name, fields[name], order)]),
      ) as Fixed
      renumber(sorted.of, order)
      const rows = gatherRows(order, starts.values(), ids.values(), versions.values())
      return { count, ...sorted, ...rows }
    },
  }
}

/** Memory that threads share: the senders of a run play these very columns. */
const memory = (make: { readonly BYTES_PER_ELEMENT: number }, length: number): SharedArrayBuffer =>
  new SharedArrayBuffer(length * make.BYTES_PER_ELEMENT)

const column = (name: Name, length: number) => {
  const values = new FIXED[name](length)
  return NULLABLE.includes(name) ? values.fill(NONE) : values
}

/** Bits are moved, whatever they mean: the loop meets four types of array instead of six, which is as many as it stays fast with. */
const gather = (name: Name, values: Fixed[Name], order: Uint32Array) => {
  const make = FIXED[name] as new (memory: ArrayBufferLike) => Fixed[Name]
  const sorted = new make(memory(FIXED[name], order.length))
  move(bitsOf(values), bitsOf(sorted), order)
  return sorted
}

const move = (from: Bits, into: Bits, order: Uint32Array): void => {
  for (let i = 0; i < order.length; i++) into[i] = from[order[i]!]!
}

type Bits = Uint8Array | Uint16Array | Uint32Array | Float64Array

const bitsOf = (values: Fixed[Name]): Bits =>
  values instanceof Int32Array
    ? new Uint32Array(values.buffer, values.byteOffset, values.length)
    : values

const renumber = (of: Int32Array, order: Uint32Array): void => {
  const place = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) place[order[i]!] = i
  for (let i = 0; i < of.length; i++) if (of[i] !== NONE) of[i] = place[of[i]!]!
}

const gatherRows = (
  order: Uint32Array,
  starts: Uint32Array,
  ids: Uint32Array,
  versions: Uint32Array,
): Pick<OpColumns, 'rows' | 'ids' | 'versions'> => {
  const sorted = {
    rows: new Uint32Array(memory(Uint32Array, order.length + 1)),
    ids: new Uint32Array(memory(Uint32Array, ids.length)),
    versions: new Uint32Array(memory(Uint32Array, ids.length)),
  }
  let next = 0
  for (let i = 0; i < order.length; i++) {
    sorted.rows[i] = next
    const from = order[i]!
    for (let j = starts[from]!; j < starts[from + 1]!; j++, next++) {
      sorted.ids[next] = ids[j]!
      sorted.versions[next] = versions[j]!
    }
  }
  sorted.rows[order.length] = next
  return sorted
}
