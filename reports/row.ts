import type { Q } from '../harness/model/index.ts'

/** One row of a table: what it is, what to know about it, and a cell for each run. */
export interface Row {
  readonly label: string
  readonly note?: string
  readonly cells: readonly string[]
  /** The numbers that the project is for stand out. */
  readonly key?: boolean
}

/** The highest quantile that the n of every figure supports. */
export const highest = (...figures: readonly Q[]): 'p99' | 'p90' | 'p50' =>
  figures.every(({ p99 }) => p99 !== null)
    ? 'p99'
    : figures.every(({ p90 }) => p90 !== null)
      ? 'p90'
      : 'p50'
