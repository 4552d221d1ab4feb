import type { Held } from './collections.ts'
import type { Metrics } from './metrics.ts'
import { inFairSlices, others } from './slices.ts'

/** Takes tombstones out of collections: when somebody asks, and by itself where there are too many of them. */
export interface Consolidation {
  /** To be told after each write: begins a compaction where tombstones exceed the collection's share of live rows. Never waits. */
  written(held: Held): void
  /** One compaction, after the one that may be under way. */
  compact(held: Held): Promise<void>
  /** Compactions done so far. */
  done(held: Held): number
}

interface State {
  done: number
  /** What was begun last, settled or not; it never rejects. */
  last: Promise<void>
  /** A compaction failed: none begins by itself before one that was asked for succeeds. */
  failed: boolean
}

export const createConsolidation = (metrics: Metrics): Consolidation => {
  const states = new WeakMap<Held, State>()
  const stateOf = (held: Held): State => {
    const known = states.get(held)
    if (known) return known
    const state = { done: 0, last: Promise.resolve(), failed: false }
    states.set(held, state)
    return state
  }
  const run = async (held: Held, state: State): Promise<void> => {
    held.compacting = true
    try {
      await inFairSlices(held.index.compaction(), metrics.compacting)
      state.done++
      state.failed = false
      metrics.compacted()
    } finally {
      held.compacting = false
    }
  }
  const compact = (held: Held): Promise<void> => {
    const state = stateOf(held)
    const running = state.last.then(() => run(held, state))
    state.last = running.catch(() => undefined)
    return running
  }
  const byItself = async (held: Held): Promise<void> => {
    const state = stateOf(held)
    try {
      await others(0)
      while (isDue(held)) await compact(held)
    } catch (error) {
      state.failed = true
      metrics.compactionFailed()
      process.stderr.write(`hnsw: ${held.name}: the compaction failed: ${error}\n`)
    }
  }
  const begun = new WeakSet<Held>()
  return {
    written: (held) => {
      if (begun.has(held) || !isDue(held) || stateOf(held).failed) return
      begun.add(held)
      void byItself(held).finally(() => begun.delete(held))
    },
    compact,
    done: (held) => stateOf(held).done,
  }
}

const isDue = ({ options: { consolidation }, index }: Held): boolean => {
  if (consolidation === 'off') return false
  const { tombstones, live } = index.stats()
  return tombstones > consolidation * live
}
