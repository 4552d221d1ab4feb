import { urgencyOf } from './engine/index.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import { isRefused, refused } from './refused.ts'
import { inFairSlices, others } from './slices.ts'
import type { Kept } from './threads/indexes.ts'

/** Takes tombstones out of indexes, and links what is out of reach: when somebody asks, and by itself where it is due. */
export interface Consolidation {
  /** To be told after each write: begins a compaction where one is due (`urgencyOf`). Never waits. */
  written(kept: Kept): void
  /** One compaction, after the one that may be under way. Refuses (503) where memory does not suffice. */
  compact(kept: Kept): Promise<void>
  of(kept: Kept): { readonly compactions: number; readonly compacting: number }
  /** Of all indexes, those that are gone among them. */
  stats(): { compactions: number; failures: number; slices: Histogram['state'] }
}

interface State {
  done: number
  isRunning: boolean
  /** What was begun last, settled or not; it never rejects. */
  last: Promise<void>
  /** A compaction failed: none begins by itself before one that was asked for succeeds. */
  failed: boolean
}

export const createConsolidation = (): Consolidation => {
  const states = new WeakMap<Kept, State>()
  const slices = createHistogram()
  const total = { compactions: 0, failures: 0 }
  const stateOf = (kept: Kept): State => {
    const known = states.get(kept)
    if (known) return known
    const state = { done: 0, isRunning: false, last: Promise.resolve(), failed: false }
    states.set(kept, state)
    return state
  }
  const run = async (kept: Kept, state: State): Promise<void> => {
    state.isRunning = true
    try {
      await inFairSlices(whileCurrent(kept), slices.add)
      state.done++
      state.failed = false
      total.compactions++
    } catch (error) {
      throw error instanceof RangeError ? withoutMemory(error) : error
    } finally {
      state.isRunning = false
    }
  }
  const compact = (kept: Kept): Promise<void> => {
    const state = stateOf(kept)
    const running = state.last.then(() => run(kept, state))
    state.last = running.catch(() => undefined)
    return running
  }
  const byItself = async (kept: Kept): Promise<void> => {
    try {
      await others(0)
      while (isDue(kept)) await compact(kept)
    } catch (error) {
      if (!isRefused(error)) throw error
      stateOf(kept).failed = true
      total.failures++
      process.stderr.write(`hnsw: a compaction failed: ${error.message}\n`)
    }
  }
  const begun = new WeakSet<Kept>()
  return {
    written: (kept) => {
      if (begun.has(kept) || !isDue(kept) || stateOf(kept).failed) return
      begun.add(kept)
      void byItself(kept).finally(() => begun.delete(kept))
    },
    compact,
    of: (kept) => {
      const { done, isRunning } = stateOf(kept)
      return { compactions: done, compacting: isRunning ? 1 : 0 }
    },
    stats: () => ({ ...total, slices: slices.state }),
  }
}

/** The compaction of an index, which ends with it: after `clear` there is another one, after a drop none. */
function* whileCurrent(kept: Kept): Generator<void, void> {
  const { edition } = kept
  for (const _ of kept.index.compaction()) {
    if (kept.edition !== edition) return
    yield
  }
}

const withoutMemory = ({ message }: RangeError) =>
  refused(503, 'full', `memory does not suffice: ${message}`)

const isDue = ({ options: { consolidation }, index }: Kept): boolean => {
  if (consolidation === 'off') return false
  return urgencyOf(index.stats(), consolidation) > 1
}
