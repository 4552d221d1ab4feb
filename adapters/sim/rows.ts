import type { Id, Version } from '../../harness/model/index.ts'
import { lengthOf } from './scan.ts'

/** Not searchable (free, or not visible yet) · found by every search · found by `exact` only. */
const HIDDEN = 0
export const SHOWN = 1
export const UNREACHABLE = 2

/** Rows in numbered slots, back to back, for scanning. A slot that is free is HIDDEN. */
export interface Rows {
  readonly dimensions: number
  readonly data: Float32Array
  readonly ids: Uint32Array
  readonly versions: Uint32Array
  readonly norms: Float64Array
  readonly state: Uint8Array
  /** No slot from here on was ever taken. */
  readonly used: number
}

export interface RowStore {
  /** Valid until the next `put`. */
  rows(): Rows
  /** Copies a row into a free slot, HIDDEN; returns the slot. */
  put(id: Id, version: Version, vector: Float32Array): number
  setState(slot: number, state: number): void
  /** Hides the slot and gives it to the next row. */
  free(slot: number): void
}

export const createRows = (dimensions: number): RowStore => {
  const free: number[] = []
  let used = 0
  let data = new Float32Array(0)
  let ids = new Uint32Array(0)
  let versions = new Uint32Array(0)
  let norms = new Float64Array(0)
  let state = new Uint8Array(0)
  const grow = () => {
    const capacity = Math.max(1024, 2 * ids.length)
    const copy = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    data = copy(new Float32Array(capacity * dimensions), data)
    ids = copy(new Uint32Array(capacity), ids)
    versions = copy(new Uint32Array(capacity), versions)
    norms = copy(new Float64Array(capacity), norms)
    state = copy(new Uint8Array(capacity), state)
  }
  return {
    rows: () => ({ dimensions, data, ids, versions, norms, state, used }),
    put: (id, version, vector) => {
      if (free.length === 0 && used === ids.length) grow()
      const slot = free.pop() ?? used++
      data.set(vector, slot * dimensions)
      ids[slot] = id
      versions[slot] = version
      norms[slot] = lengthOf(vector)
      return slot
    },
    setState: (slot, value) => {
      state[slot] = value
    },
    free: (slot) => {
      state[slot] = HIDDEN
      free.push(slot)
    },
  }
}
