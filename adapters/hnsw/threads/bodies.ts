import type { Hnsw } from '../engine/index.ts'
import { inFairSlices } from '../slices.ts'
import type { Rows } from '../wire.ts'
import type { Kept } from './indexes.ts'

/** Rows that are stored at once; of more, other writes get their turn in between. */
const AT_ONCE = 16

/**
 * Stores the rows of bodies. A long one is stored in slices, and what others write meanwhile goes before its rest: unless they write one of its
 * rows, all is as if each had been done in its turn.
 */
export interface Bodies {
  /** Resolves when all rows are stored, or their index is the collection's no more. `onSlice` is told after each slice, with its seconds. */
  store(kept: Kept, rows: Rows, onSlice: OnSlice): Promise<void> | void
  /** To be called before one of these rows, or any, is changed: stores the rest of the bodies that have it. */
  finish(kept: Kept, ids?: Iterable<number>): void
}

type OnSlice = (seconds: number) => void

interface Body {
  readonly rows: Rows
  readonly storing: Generator<void, void>
  readonly onSlice: OnSlice
  /** Made when the first write comes in between. */
  ids?: ReadonlySet<number>
}

export const createBodies = (): Bodies => {
  const underWay = new WeakMap<Kept, Set<Body>>()
  const bodiesOf = (kept: Kept): Set<Body> => {
    const known = underWay.get(kept)
    if (known) return known
    const bodies = new Set<Body>()
    underWay.set(kept, bodies)
    return bodies
  }
  const long = async (kept: Kept, rows: Rows, onSlice: OnSlice): Promise<void> => {
    const bodies = bodiesOf(kept)
    const body: Body = { rows, storing: storing(kept, rows), onSlice }
    bodies.add(body)
    try {
      await inFairSlices(body.storing, onSlice)
    } finally {
      bodies.delete(body)
    }
  }
  const concerns = (body: Body, ids: Iterable<number>): boolean => {
    body.ids ??= new Set(body.rows.ids)
    for (const id of ids) if (body.ids.has(id)) return true
    return false
  }
  return {
    store: (kept, rows, onSlice) => {
      if (rows.ids.length > AT_ONCE) return long(kept, rows, onSlice)
      whole(storing(kept, rows), onSlice)
    },
    finish: (kept, ids) => {
      for (const body of underWay.get(kept) ?? []) {
        if (ids === undefined || concerns(body, ids)) whole(body.storing, body.onSlice)
      }
    },
  }
}

/** All that is left of it, in one slice. */
const whole = (storing: Generator<void, void>, onSlice: OnSlice): void => {
  const began = performance.now()
  for (const _ of storing);
  onSlice((performance.now() - began) / 1000)
}

/** Stores one row after the other in the index that the collection has now. */
function* storing(kept: Kept, { dimensions, ids, versions, vectors }: Rows): Generator<void, void> {
  const { edition } = kept
  const index: Hnsw = kept.index
  for (let i = 0; i < ids.length && kept.edition === edition; i++) {
    const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions)
    index.upsert(ids[i]!, versions[i]!, vector)
    yield
  }
}
