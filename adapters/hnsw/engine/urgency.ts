import type { Stats } from './hnsw.ts'

/** Rows stored since the last compaction, as a share of the live ones and at least, that make another one due. */
const GROWN = 0.25
const LEAST_GROWN = 2000

/**
 * How much needs a compaction, above 1 when it is due: tombstones against their share of the live rows; and rows that came since the last one, since
 * each may take the last link that leads to another row (of 40,000 stored one after the other, some 200), and the walk of a compaction finds these.
 */
export const urgencyOf = ({ tombstones, live, grown }: Stats, share: number): number =>
  Math.max(
    tombstones === 0 ? 0 : tombstones / (share * live),
    grown / Math.max(LEAST_GROWN, GROWN * live),
  )
