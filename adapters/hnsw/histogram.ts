/** Upper ends of the buckets, in seconds. */
export const BOUNDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10,
]

/** Seconds, counted by the buckets of BOUNDS. */
export interface Histogram {
  add(seconds: number): void
  /** What another thread may be told: counts of the buckets, the last one open; the sum of all that was added. */
  readonly state: { readonly counts: readonly number[]; readonly sum: number }
}

export const createHistogram = (): Histogram => {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0)
  let sum = 0
  return {
    add: (seconds) => {
      let i = 0
      while (i < BOUNDS.length && seconds > BOUNDS[i]!) i++
      counts[i]!++
      sum += seconds
    },
    get state() {
      return { counts, sum }
    },
  }
}
