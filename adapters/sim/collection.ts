import type { Hit, Id, Metric, Micros, Version } from '../../harness/model/index.ts'
import type { DeleteFate, UpsertFate } from './flaws.ts'
import { createRows, SHOWN, UNREACHABLE } from './rows.ts'
import { nearest } from './scan.ts'
import { createTimetable } from './timetable.ts'

const NONE = -1

/** What is known of one id: what was accepted (found by id), and what is shown (found by search). */
interface Entry {
  /** Slot of the last accepted version, or NONE. */
  accepted: number
  /** Slot of the current version that searches return, or NONE. */
  shown: number
  /** The last change of this id that was accepted, and the last that took effect. */
  last: number
  effective: number
  /** Slots that should be gone and are returned all the same. */
  readonly ghosts: number[]
  readonly stale: number[]
}

export interface SimCollection {
  readonly dimensions: number
  readonly metric: Metric
  /** Accepts a row; returns when it becomes visible, null if it is lost. */
  upsert(id: Id, version: Version, vector: Float32Array, fate: UpsertFate): Micros | null
  /** Accepts a delete; returns when the row stops being returned, null if it never does. */
  delete(id: Id, fate: DeleteFate): Micros | null
  /** Up to k visible rows, nearest first. */
  search(vector: Float32Array, k: number, via: 'index' | 'exact'): Required<Hit>[]
  /** By id, of what is accepted: visible or not. */
  get(ids: Iterable<Id>): Required<Hit>[]
  /** Rows that `get` would find. */
  count(): number
  /** When the last change now accepted takes effect; in the past if all have. */
  settled(): Micros
  /** Ghosts and stale versions go; unreachable rows come within reach. */
  compact(): void
  stats(): Record<string, number>
}

/**
 * Exact rows whose changes take effect when they are told to. Changes of an id take effect in their order: one
 * overtaken by a later one never does.
 */
export const createCollection = (
  { dimensions, metric }: { readonly dimensions: number; readonly metric: Metric },
  now: () => Micros,
): SimCollection => {
  const store = createRows(dimensions)
  const entries = new Map<Id, Entry>()
  const timetable = createTimetable()
  let rows = 0
  let settled = Number.NEGATIVE_INFINITY

  const entryOf = (id: Id): Entry => {
    const found = entries.get(id)
    if (found) return found
    const made = { accepted: NONE, shown: NONE, last: 0, effective: 0, ghosts: [], stale: [] }
    entries.set(id, made)
    return made
  }

  const accept = (entry: Entry, slot: number) => {
    rows += Number(slot !== NONE) - Number(entry.accepted !== NONE)
    entry.accepted = slot
    entry.last += 1
    return entry.last
  }

  const dropWrong = (entry: Entry) => {
    for (const slot of entry.ghosts.splice(0)) store.free(slot)
    for (const slot of entry.stale.splice(0)) store.free(slot)
  }

  const show = (entry: Entry, change: number, slot: number, fate: UpsertFate) => {
    if (change < entry.effective) return store.free(slot)
    dropWrong(entry)
    const old = entry.shown
    entry.effective = change
    entry.shown = slot
    store.setState(slot, fate.unreachable ? UNREACHABLE : SHOWN)
    if (old === NONE) return
    if (fate.stale) entry.stale.push(old)
    else store.free(old)
  }

  const hide = (id: Id, entry: Entry, change: number, fate: DeleteFate) => {
    if (change < entry.effective) return
    dropWrong(entry)
    const old = entry.shown
    entry.effective = change
    entry.shown = NONE
    if (old !== NONE && fate.ghost) entry.ghosts.push(old)
    else if (old !== NONE) store.free(old)
    if (entry.last === change && entry.ghosts.length === 0) entries.delete(id)
  }

  /** Takes effect now, or when the delay is over. */
  const schedule = (delay: Micros, effect: () => void): Micros => {
    const due = now() + delay
    if (delay === 0) timetable.run(due, effect)
    else timetable.at(due, effect)
    settled = Math.max(settled, due)
    return due
  }

  return {
    dimensions,
    metric,
    upsert: (id, version, vector, fate) => {
      if (fate.lost) return null
      const entry = entryOf(id)
      const slot = store.put(id, version, vector)
      const change = accept(entry, slot)
      return schedule(fate.delay, () => show(entry, change, slot, fate))
    },
    delete: (id, fate) => {
      const entry = entries.get(id)
      if (!entry) return now()
      const change = accept(entry, NONE)
      const due = schedule(fate.delay, () => hide(id, entry, change, fate))
      return fate.ghost ? null : due
    },
    search: (vector, k, via) => {
      timetable.advance(now())
      const found = store.rows()
      const isSearchable = (state: number) =>
        state === SHOWN || (state === UNREACHABLE && via === 'exact')
      const slots = nearest(found, vector, k, metric, isSearchable)
      return Array.from(slots, (slot) => ({ id: found.ids[slot]!, version: found.versions[slot]! }))
    },
    get: (ids) => {
      const { versions } = store.rows()
      return [...ids].flatMap((id) => {
        const slot = entries.get(id)?.accepted ?? NONE
        return slot === NONE ? [] : [{ id, version: versions[slot]! }]
      })
    },
    count: () => rows,
    settled: () => settled,
    compact: () => {
      timetable.advance(now())
      const { state, used } = store.rows()
      for (const entry of entries.values()) dropWrong(entry)
      for (let slot = 0; slot < used; slot++) {
        if (state[slot] === UNREACHABLE) store.setState(slot, SHOWN)
      }
    },
    stats: () => {
      timetable.advance(now())
      const { state, used } = store.rows()
      const count = (wanted: number) => state.subarray(0, used).filter((s) => s === wanted).length
      const wrong = (which: 'ghosts' | 'stale') =>
        [...entries.values()].reduce((sum, entry) => sum + entry[which].length, 0)
      return {
        rows,
        pending: timetable.size(),
        searchable: count(SHOWN),
        unreachable: count(UNREACHABLE),
        ghosts: wrong('ghosts'),
        stale: wrong('stale'),
      }
    },
  }
}
