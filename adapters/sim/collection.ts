import type { Hit, Id, Metric, Micros, Version } from '../../harness/model/index.ts'
import { createEntries, type Entry, NONE } from './entries.ts'
import type { DeleteFate, UpsertFate } from './flaws.ts'
import { createRows, ROLE, STATE } from './rows.ts'
import { nearest, wanting } from './scan.ts'
import { createTimetable } from './timetable.ts'
import { createRecent, createTurnover, type Recent, type Turnover } from './turnover.ts'

/** A row of an answer, and where it stands: until the next write. */
export interface Found extends Required<Hit> {
  readonly slot: number
}

/** What comes of an upsert: when it becomes visible, null if it is lost; does a version before it stay? */
export interface Upserted {
  readonly visible: Micros | null
  readonly stale: boolean
}

/** What comes of a delete: when the row stops being returned, null if it never does; where no search would have found it, neither flaw strikes. */
export interface Deleted {
  readonly invisible: Micros | null
  readonly ghost: boolean
  /** When it is returned again, null if it is not. */
  readonly returned: Micros | null
}

export interface SimCollection {
  readonly dimensions: number
  readonly metric: Metric
  readonly turnover: Turnover
  readonly recent: Recent
  /** Accepts a row. */
  upsert(id: Id, version: Version, vector: Float32Array, fate: UpsertFate): Upserted
  /** Accepts a delete. */
  delete(id: Id, fate: DeleteFate): Deleted
  /** A write that was accepted once and fell to a crash: it has no effect, but is on record as written. */
  forget(id: Id, row: { version: Version; vector: Float32Array } | null): void
  /** Up to k visible rows, nearest first. */
  search(vector: Float32Array, k: number, via: 'index' | 'exact'): Found[]
  /** Up to k rows that should be visible: the last version written of each id, be it as it may. */
  written(vector: Float32Array, k: number): Found[]
  /** STATE and ROLE of a slot. */
  stateOf(slot: number): number
  roleOf(slot: number): number
  /** By id, of what is accepted: visible or not. */
  get(ids: Iterable<Id>): Required<Hit>[]
  /** Rows that `get` would find. */
  count(): number
  /** When the last change now accepted takes effect; in the past if all have. */
  settled(): Micros
  /** Ghosts, stale and returned versions go; unreachable rows come within reach; turnover starts anew. */
  compact(): void
  stats(): Record<string, number>
}

const BY_INDEX = wanting('state', STATE.shown)
const EXACT = wanting('state', STATE.shown, STATE.unreachable)
const WRITTEN = wanting('role', ROLE.current)

/**
 * Exact rows whose changes take effect when they are told to. Changes of an id take effect in their order: one
 * overtaken by a later one never does.
 */
export const createCollection = (
  { dimensions, metric }: { readonly dimensions: number; readonly metric: Metric },
  now: () => Micros,
): SimCollection => {
  const store = createRows(dimensions)
  const entries = createEntries(store)
  const timetable = createTimetable()
  const turnover = createTurnover()
  let rows = 0
  let settled = Number.NEGATIVE_INFINITY

  const accept = (entry: Entry, slot: number): number => {
    rows += Number(slot !== NONE) - Number(entry.accepted !== NONE)
    entry.accepted = slot
    entry.last += 1
    return entry.last
  }

  /** Takes effect now, or when its time has come. */
  const schedule = (due: Micros, effect: () => void): Micros => {
    if (due === now()) timetable.run(due, effect)
    else timetable.at(due, effect)
    settled = Math.max(settled, due)
    return due
  }

  const show = (entry: Entry, change: number, slot: number, fate: UpsertFate) => {
    if (change < entry.effective) return store.free(slot)
    entries.dropWrong(entry)
    const old = entry.shown
    entry.effective = change
    entry.shown = slot
    store.setState(slot, fate.unreachable ? STATE.unreachable : STATE.shown)
    if (old === NONE) return
    if (fate.stale) entries.keepWrong(entry, old, ROLE.stale)
    else store.free(old)
  }

  /** Vanishes and comes back, unless a later change took its place. */
  const flicker = (entry: Entry, change: number, visible: Micros, fate: UpsertFate) => {
    if (!fate.flicker) return
    const become = (state: number) => () => {
      if (entry.effective === change) store.setState(entry.shown, state)
    }
    const from = visible + fate.flicker.after
    schedule(from, become(STATE.flickering))
    schedule(from + fate.flicker.for, become(STATE.shown))
  }

  const hide = (id: Id, entry: Entry, change: number, due: Micros, fate: DeleteFate) => {
    if (change < entry.effective) return
    entries.dropWrong(entry)
    const old = entry.shown
    entry.effective = change
    entry.shown = NONE
    if (old === NONE) return entries.drop(id, entry)
    if (fate.ghost) entries.keepWrong(entry, old, ROLE.ghost)
    else if (fate.returns === null) store.free(old)
    else {
      entries.keepWrong(entry, old, ROLE.returned)
      store.setState(old, STATE.away)
      timetable.at(due + fate.returns, () => {
        if (entry.wrong.includes(old)) store.setState(old, STATE.shown)
      })
    }
    entries.drop(id, entry)
  }

  const scan = (vector: Float32Array, k: number, wanted: typeof WRITTEN): Found[] => {
    timetable.advance(now())
    const found = store.rows()
    const hits: Found[] = []
    for (const slot of nearest(found, vector, k, metric, wanted)) {
      hits.push({ id: found.ids[slot]!, version: found.versions[slot]!, slot })
    }
    return hits
  }

  return {
    dimensions,
    metric,
    turnover,
    recent: createRecent(),
    upsert: (id, version, vector, fate) => {
      const entry = entries.of(id)
      const slot = store.put(id, version, vector)
      entries.write(entry, slot, ROLE.outdated)
      if (fate.lost) {
        store.setState(slot, STATE.lost)
        return { visible: null, stale: false }
      }
      const change = accept(entry, slot)
      const visible = now() + fate.delay
      const stale = fate.stale && entry.appears <= visible
      entry.appears = Math.min(entry.appears, visible)
      schedule(visible, () => show(entry, change, slot, fate))
      flicker(entry, change, visible, fate)
      return { visible, stale }
    },
    delete: (id, fate) => {
      const entry = entries.find(id)
      if (!entry) return { invisible: now(), ghost: false, returned: null }
      entries.write(entry, NONE, ROLE.leaving)
      const change = accept(entry, NONE)
      const due = now() + fate.delay
      const wasThere = entry.appears <= due
      entry.appears = Number.POSITIVE_INFINITY
      schedule(due, () => hide(id, entry, change, due, fate))
      const ghost = fate.ghost && wasThere
      const returned = wasThere && fate.returns !== null ? due + fate.returns : null
      return { invisible: ghost ? null : due, ghost, returned }
    },
    forget: (id, row) => {
      const entry = entries.of(id)
      const slot = row ? store.put(id, row.version, row.vector) : NONE
      entries.write(entry, slot, row ? ROLE.outdated : ROLE.undeleted)
      if (slot !== NONE) store.setState(slot, STATE.forgotten)
    },
    search: (vector, k, via) => scan(vector, k, via === 'index' ? BY_INDEX : EXACT),
    written: (vector, k) => scan(vector, k, WRITTEN),
    stateOf: store.stateOf,
    roleOf: store.roleOf,
    get: (ids) => {
      const { versions } = store.rows()
      return [...ids].flatMap((id) => {
        const slot = entries.find(id)?.accepted ?? NONE
        return slot === NONE ? [] : [{ id, version: versions[slot]! }]
      })
    },
    count: () => rows,
    settled: () => settled,
    compact: () => {
      timetable.advance(now())
      turnover.reset()
      const { state, used } = store.rows()
      for (const entry of entries.all()) entries.dropWrong(entry)
      for (let slot = 0; slot < used; slot++) {
        if (state[slot] === STATE.unreachable) store.setState(slot, STATE.shown)
      }
    },
    stats: () => {
      timetable.advance(now())
      return {
        rows,
        pending: timetable.size(),
        ...censusOf(store.rows()),
        turnover: turnover.value(),
      }
    },
  }
}

/** Slots by what they are. */
const censusOf = ({ state, role, used }: ReturnType<ReturnType<typeof createRows>['rows']>) => {
  let searchable = 0
  let unreachable = 0
  const wrong = { ghosts: 0, stale: 0, returned: 0 }
  for (let slot = 0; slot < used; slot++) {
    unreachable += Number(state[slot] === STATE.unreachable)
    if (state[slot] !== STATE.shown) continue
    searchable += 1
    wrong.ghosts += Number(role[slot] === ROLE.ghost)
    wrong.stale += Number(role[slot] === ROLE.stale)
    wrong.returned += Number(role[slot] === ROLE.returned)
  }
  return { searchable, unreachable, ...wrong }
}
