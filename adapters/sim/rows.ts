import type { Id, Version } from '../../harness/model/index.ts'
import { lengthOf } from './scan.ts'

/** How searches meet a slot. */
export const STATE = {
  free: 0,
  /** Found by every search. */
  shown: 1,
  /** Found by `exact` only. */
  unreachable: 2,
  /** Not visible yet. */
  waiting: 3,
  /** Was visible and will be again. */
  flickering: 4,
  /** Deleted, and about to be returned again. */
  away: 5,
  /** Never found, though acknowledged: thrown away, or forgotten by a crash. Kept for the account of a search alone. */
  lost: 6,
  forgotten: 7,
} as const

/** What a slot is to those who wrote it. */
export const ROLE = {
  none: 0,
  /** The last version written of its id, which was not deleted since: what searches should return. */
  current: 1,
  /** A later version was written, which has not taken its place. */
  outdated: 2,
  /** Deleted, and not gone yet. */
  leaving: 3,
  ghost: 4,
  stale: 5,
  /** Came back after its delete. */
  returned: 6,
  /** Its delete was forgotten by a crash. */
  undeleted: 7,
} as const

/** Rows in numbered slots, back to back, for scanning. */
export interface Rows {
  readonly dimensions: number
  readonly data: Float32Array
  readonly ids: Uint32Array
  readonly versions: Uint32Array
  readonly norms: Float64Array
  /** Values of STATE. */
  readonly state: Uint8Array
  /** Values of ROLE. */
  readonly role: Uint8Array
  /** No slot from here on was ever taken. */
  readonly used: number
}

export interface RowStore {
  /** Valid until the next `put`. */
  rows(): Rows
  /** Copies a row into a free slot, waiting; returns the slot. */
  put(id: Id, version: Version, vector: Float32Array): number
  stateOf(slot: number): number
  setState(slot: number, state: number): void
  roleOf(slot: number): number
  setRole(slot: number, role: number): void
  /** Hides the slot and gives it to the next row. */
  free(slot: number): void
}

export const createRows = (dimensions: number): RowStore => {
  const free: number[] = []
  let rows = emptyRows(dimensions)
  let used = 0
  return {
    rows: () => ({ ...rows, used }),
    put: (id, version, vector) => {
      if (free.length === 0 && used === rows.ids.length) rows = grown(rows)
      const slot = free.pop() ?? used++
      rows.data.set(vector, slot * dimensions)
      rows.ids[slot] = id
      rows.versions[slot] = version
      rows.norms[slot] = lengthOf(vector)
      rows.state[slot] = STATE.waiting
      return slot
    },
    stateOf: (slot) => rows.state[slot]!,
    setState: (slot, state) => {
      rows.state[slot] = state
    },
    roleOf: (slot) => rows.role[slot]!,
    setRole: (slot, role) => {
      rows.role[slot] = role
    },
    free: (slot) => {
      rows.state[slot] = STATE.free
      rows.role[slot] = ROLE.none
      free.push(slot)
    },
  }
}

const emptyRows = (dimensions: number, capacity = 0): Omit<Rows, 'used'> => ({
  dimensions,
  data: new Float32Array(capacity * dimensions),
  ids: new Uint32Array(capacity),
  versions: new Uint32Array(capacity),
  norms: new Float64Array(capacity),
  state: new Uint8Array(capacity),
  role: new Uint8Array(capacity),
})

/** Twice the room, the same rows. */
const grown = (from: Omit<Rows, 'used'>): Omit<Rows, 'used'> => {
  const to = emptyRows(from.dimensions, Math.max(1024, 2 * from.ids.length))
  to.data.set(from.data)
  to.ids.set(from.ids)
  to.versions.set(from.versions)
  to.norms.set(from.norms)
  to.state.set(from.state)
  to.role.set(from.role)
  return to
}
