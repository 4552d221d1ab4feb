import { others } from '../slices.ts'
import type { Rows } from '../wire.ts'
import type { Kept } from './indexes.ts'

/** Milliseconds for which rows of one body are stored before others get their turn. */
const AT_ONCE = 1

/**
 * Stores the rows of bodies. A long one is stored in slices, long ones in turns, and what others write meanwhile goes before their rest: unless they
 * write one of its rows, all is as if each had been done in its turn.
 */
export interface Bodies {
  /** Resolves when all rows are stored, or their index is the collection's no more. `onSlice` is told after each slice, with its seconds. */
  store(kept: Kept, rows: Rows, onSlice: OnSlice): Promise<void> | void
  /** To be called before one of these rows, or any, is changed: stores the rest of the bodies that have it. */
  finish(kept: Kept, ids?: Iterable<number>): void
}

type OnSlice = (seconds: number) => void

interface Body {
  readonly kept: Kept
  readonly rows: Rows
  /** Milliseconds at most; true if it is done. */
  storeFor(most: number): boolean
  readonly done: PromiseWithResolvers<void>
  /** Made when the first write comes in between. */
  ids?: ReadonlySet<number>
}

export const createBodies = (): Bodies => {
  /** In turns: the first is the next. */
  let waiting: Body[] = []
  let isRunning = false
  const step = (body: Body, most: number): boolean => {
    try {
      if (!body.storeFor(most)) return false
      body.done.resolve()
    } catch (error) {
      body.done.reject(error)
    }
    return true
  }
  const run = async (): Promise<void> => {
    isRunning = true
    await others(AT_ONCE)
    for (let body = waiting.shift(); body; body = waiting.shift()) {
      if (!step(body, AT_ONCE)) waiting.push(body)
      await others(AT_ONCE)
    }
    isRunning = false
  }
  const concerns = (body: Body, ids: Iterable<number>): boolean => {
    body.ids ??= new Set(body.rows.ids)
    for (const id of ids) if (body.ids.has(id)) return true
    return false
  }
  return {
    store: (kept, rows, onSlice) => {
      const storeFor = storing(kept, rows, onSlice)
      if (storeFor(AT_ONCE)) return
      const body: Body = { kept, rows, storeFor, done: Promise.withResolvers() }
      waiting.push(body)
      if (!isRunning) void run()
      return body.done.promise
    },
    finish: (kept, ids) => {
      for (const body of waiting) {
        if (body.kept !== kept || (ids && !concerns(body, ids))) continue
        step(body, Number.POSITIVE_INFINITY)
        waiting = waiting.filter((other) => other !== body)
      }
    },
  }
}

/** Stores one row after the other in the index that the collection has now, for so many milliseconds at a time; true when there is nothing left to do. */
const storing = (
  kept: Kept,
  { dimensions, ids, versions, vectors }: Rows,
  onSlice: OnSlice,
): ((most: number) => boolean) => {
  const { edition, index } = kept
  let stored = 0
  const isDone = () => stored === ids.length || kept.edition !== edition
  return (most) => {
    const began = performance.now()
    while (!isDone() && performance.now() - began < most) {
      const vector = vectors.subarray(stored * dimensions, (stored + 1) * dimensions)
      index.upsert(ids[stored]!, versions[stored]!, vector)
      stored += 1
    }
    onSlice((performance.now() - began) / 1000)
    return isDone()
  }
}
