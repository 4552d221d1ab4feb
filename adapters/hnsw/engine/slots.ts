declare const slot: unique symbol

/** Place of one stored vector in the arrays below. Never leaves the engine: ids do. */
export type Slot = number & { readonly [slot]: true }

/** No slot; ends a list of links that is not full. */
export const NOWHERE = -1 as Slot

/** What a slot holds. A doomed tombstone is one that the compaction under way will free. */
export const FREE = 0
export const LIVE = 1
export const TOMBSTONE = 2
export const DOOMED = 3

/**
 * Everything stored, as a struct of arrays; slot s is entry s of each.
 * Invariants: `slotOf` maps exactly the ids of live slots; `live` is their number; every link leads to a slot that is not free.
 */
export interface Slots {
  readonly dimensions: number
  /** Floats from one vector to the next: dimensions rounded up to a multiple of 4, zero-filled. */
  readonly stride: number
  /** Links of a slot: `width0` on layer 0 (Mmax0 in the paper), `width` on each layer above (Mmax). */
  readonly width0: number
  readonly width: number
  vectors: Float32Array
  ids: Uint32Array
  versions: Int32Array
  states: Uint8Array
  /** Highest layer of the slot (l in the paper). */
  levels: Uint8Array
  links0: Int32Array
  /** Links above layer 0, layer 1 first; one slot in M has them. */
  upper: (Int32Array | undefined)[]
  /** Slots from here on have never been used. */
  used: number
  live: number
  readonly free: Slot[]
  readonly slotOf: Map<number, Slot>
}

const FIRST_CAPACITY = 256

/** No rows yet, for vectors of `dimensions` floats and M links a layer, twice as many on layer 0. */
export const createSlots = (dimensions: number, M: number): Slots => {
  const stride = Math.ceil(dimensions / 4) * 4
  const width0 = 2 * M
  return {
    dimensions,
    stride,
    width0,
    width: M,
    vectors: new Float32Array(FIRST_CAPACITY * stride),
    ids: new Uint32Array(FIRST_CAPACITY),
    versions: new Int32Array(FIRST_CAPACITY),
    states: new Uint8Array(FIRST_CAPACITY),
    levels: new Uint8Array(FIRST_CAPACITY),
    links0: new Int32Array(FIRST_CAPACITY * width0).fill(NOWHERE),
    upper: [],
    used: 0,
    live: 0,
    free: [],
    slotOf: new Map(),
  }
}

/** Makes room for `rows` more rows, doubling the arrays; throws a RangeError and changes nothing if memory does not suffice. */
export const reserve = (slots: Slots, rows: number): void => {
  const wanted = slots.used - slots.free.length + rows
  let capacity = slots.ids.length
  while (capacity < wanted) capacity *= 2
  if (capacity > slots.ids.length) grow(slots, capacity)
}

const grow = (slots: Slots, capacity: number): void => {
  const vectors = new Float32Array(capacity * slots.stride)
  vectors.set(slots.vectors)
  const ids = new Uint32Array(capacity)
  ids.set(slots.ids)
  const versions = new Int32Array(capacity)
  versions.set(slots.versions)
  const states = new Uint8Array(capacity)
  states.set(slots.states)
  const levels = new Uint8Array(capacity)
  levels.set(slots.levels)
  const links0 = new Int32Array(capacity * slots.width0).fill(NOWHERE, slots.links0.length)
  links0.set(slots.links0)
  Object.assign(slots, { vectors, ids, versions, states, levels, links0 })
}

/** Stores a row in a free slot, or in a new one, with `level` layers of empty links above layer 0. The id must not be live. */
export const storeRow = (
  slots: Slots,
  id: number,
  version: number,
  vector: Float32Array,
  level: number,
): Slot => {
  reserve(slots, 1)
  const at = slots.free.pop() ?? (slots.used++ as Slot)
  slots.vectors.set(vector, at * slots.stride)
  slots.ids[at] = id
  slots.versions[at] = version
  slots.states[at] = LIVE
  slots.levels[at] = level
  slots.upper[at] = level > 0 ? new Int32Array(level * slots.width).fill(NOWHERE) : undefined
  slots.slotOf.set(id, at)
  slots.live++
  return at
}

/** Makes the live row of `id` a tombstone; false if there is none. */
export const bury = (slots: Slots, id: number): boolean => {
  const at = slots.slotOf.get(id)
  if (at === undefined) return false
  slots.slotOf.delete(id)
  slots.states[at] = TOMBSTONE
  slots.live--
  return true
}

/** Gives a slot back that no link leads to any more. */
export const freeSlot = (slots: Slots, at: Slot): void => {
  slots.states[at] = FREE
  slots.upper[at] = undefined
  slots.links0.fill(NOWHERE, at * slots.width0, (at + 1) * slots.width0)
  slots.free.push(at)
}

/** Bytes of all arrays, reserved capacity included; the id table is reckoned at 40 bytes a row. */
export const bytesOf = (slots: Slots): number => {
  const { vectors, ids, versions, states, levels, links0, upper, slotOf } = slots
  const flat = [vectors, ids, versions, states, levels, links0]
  let bytes = flat.reduce((sum, array) => sum + array.byteLength, 0)
  for (const links of upper) bytes += links?.byteLength ?? 0
  return bytes + 40 * slotOf.size
}
