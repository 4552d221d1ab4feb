/** A number, Infinity included (in JSON the string "Infinity"); null = not supported by this run. */
export type Figure = number | null

export interface Q {
  readonly n: number
  readonly p50: Figure
  readonly p90: Figure
  readonly p99: Figure
  readonly p999: Figure
  readonly max: Figure
  readonly ci95: { readonly [quantile: string]: readonly [Figure, Figure] }
  /** The highest quantile that n supports, as a number in (0, 1), where p99 is null. */
  readonly supports?: number
}

export interface Interval {
  readonly value: Figure
  readonly low: Figure
  readonly high: Figure
}

/**
 * 95 % interval over queries, the query as the unit: the lower limit from the low end, the upper from the high one; null where too few were
 * asked. Absent from findings of earlier versions.
 */
export type QueryInterval = readonly [Figure, Figure]

export interface Bracket {
  readonly low: Figure
  readonly high: Figure
}
