import { others } from './slices.ts'
import type { Kept } from './threads/indexes.ts'

/** Links the rows that wait for it, one whenever the thread has nothing else to do. Where they are as many as may wait, upserts do it. */
export const createLinking = () => {
  const begun = new WeakSet<Kept>()
  const linkAll = async (kept: Kept): Promise<void> => {
    do await others(Number.POSITIVE_INFINITY)
    while (kept.index.linkOne())
  }
  return {
    /** To be told after each write. Never waits. */
    written: (kept: Kept): void => {
      if (begun.has(kept) || kept.index.stats().hot === 0) return
      begun.add(kept)
      void linkAll(kept).finally(() => begun.delete(kept))
    },
  }
}
