import type { Id, Micros } from '../../harness/model/index.ts'
import { ROLE, type RowStore, STATE } from './rows.ts'

export const NONE = -1

/** What is known of one id; slots, or NONE. */
export interface Entry {
  /** The last version that was accepted: what is found by id. */
  accepted: number
  /** The version that took effect last: what is found by search. */
  shown: number
  /** The last version written, thrown away or not: what searches should find. */
  current: number
  /** The last change of this id that was accepted, and the last that took effect. */
  last: number
  effective: number
  /** When searches first find a version of it, as far as is known since its last delete; ∞ = never. */
  appears: Micros
  /** Slots that should be gone and are returned all the same, or will be. */
  readonly wrong: number[]
}

export interface Entries {
  find(id: Id): Entry | undefined
  /** Creates it if absent. */
  of(id: Id): Entry
  all(): Iterable<Entry>
  /** Takes note of a version (NONE: of a delete) as the last written; `before` is the role of the one before. */
  write(entry: Entry, slot: number, before: number): void
  /** Keeps a slot in the answers, though it should be gone. */
  keepWrong(entry: Entry, slot: number, role: number): void
  dropWrong(entry: Entry): void
  /** Forgets an id of which nothing is left. */
  drop(id: Id, entry: Entry): void
}

const UNKNOWN: Omit<Entry, 'wrong'> = {
  accepted: NONE,
  shown: NONE,
  current: NONE,
  last: 0,
  effective: 0,
  appears: Number.POSITIVE_INFINITY,
}

export const createEntries = (store: RowStore): Entries => {
  const entries = new Map<Id, Entry>()
  return {
    find: (id) => entries.get(id),
    of: (id) => {
      const found = entries.get(id)
      if (found) return found
      const made = { ...UNKNOWN, wrong: [] }
      entries.set(id, made)
      return made
    },
    all: () => entries.values(),
    write: (entry, slot, before) => {
      const old = entry.current
      entry.current = slot
      if (slot !== NONE) store.setRole(slot, ROLE.current)
      if (old === NONE) return
      const state = store.stateOf(old)
      // What never took effect is nowhere in the way.
      if (state === STATE.lost || state === STATE.forgotten) store.free(old)
      else store.setRole(old, before)
    },
    keepWrong: (entry, slot, role) => {
      entry.wrong.push(slot)
      store.setRole(slot, role)
      if (store.stateOf(slot) === STATE.flickering) store.setState(slot, STATE.shown)
    },
    dropWrong: (entry) => {
      for (const slot of entry.wrong.splice(0)) store.free(slot)
    },
    drop: (id, entry) => {
      const isEmpty = entry.wrong.length === 0 && entry.current === NONE && entry.accepted === NONE
      if (isEmpty && entry.last === entry.effective) entries.delete(id)
    },
  }
}
