import type { Micros } from '../../model/index.ts'

/** Bins an octave: a quantile is at most 2^(1/16) = 4.4 % above the true one. */
const FINENESS = 16
const BINS = 36 * FINENESS

/** How long an answer that arrives at a random instant waits until this thread can stamp it. */
export interface Delays {
  /** The thread could not answer for so long. */
  add(stretch: Micros): void
  /** The delay that a share p of all instants of `span` microseconds does not exceed, rounded up to a bin. */
  quantile(p: number, span: Micros): Micros
  readonly longest: Micros
}

const binOf = (stretch: Micros): number =>
  stretch <= 1 ? 0 : Math.min(BINS - 1, Math.ceil(Math.log2(stretch) * FINENESS))
const upperEnd = (bin: number): Micros => 2 ** (bin / FINENESS)

/**
 * Delays from the stretches in which the thread was inside callbacks, or not scheduled. An instant that falls into a stretch of
 * length B waits for what is left of it, so the time with a delay above x is the sum of (B − x) over the stretches with B > x.
 */
export const createDelays = (): Delays => {
  const counts = new Float64Array(BINS)
  const sums = new Float64Array(BINS)
  let longest: Micros = 0
  return {
    add: (stretch) => {
      const bin = binOf(stretch)
      counts[bin]!++
      sums[bin]! += stretch
      if (stretch > longest) longest = stretch
    },
    quantile: (p, span) => {
      const allowed = (1 - p) * span
      let count = 0
      let sum = 0
      for (let bin = BINS - 1; bin >= 0; bin--) {
        count += counts[bin]!
        sum += sums[bin]!
        const edge = bin === 0 ? 0 : upperEnd(bin - 1)
        if (sum - count * edge > allowed) return Math.min(longest, upperEnd(bin))
      }
      return 0
    },
    get longest() {
      return longest
    },
  }
}
