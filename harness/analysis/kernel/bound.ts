import type { Metric } from '../../model/index.ts'

/** Unit roundoff of float32. */
const UNIT = 2 ** -24
/** Smallest float32 above 0: no operation loses more to underflow. */
const TINY = 2 ** -149
/** Outside these lengths a product could overflow, or a bound sink among the subnormals; beyond HUGE a sum of squares could overflow. */
const SHORT = 1e-18
const LONG = 1e18
const HUGE = 1e37

/**
 * γ_n = n·u / (1 − n·u): n roundings in a row change a result by no more than this, relative to the sum of its terms'
 * magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1). Infinity where the bound does not hold.
 */
export const gamma = (roundings: number): number => {
  const lost = roundings * UNIT
  return lost < 1 ? lost / (1 - lost) : Infinity
}

/** What the float32 kernel needs to leave out rows that are surely beyond a distance. */
export interface Cut {
  readonly tilt: number
  readonly floor: number
}

/** Keeps every row. */
const KEEP: Cut = { tilt: 0, floor: -Infinity }

/**
 * The cut of one query: a row whose e + tilt·‖x‖ < floor in float32 has a float64 distance D > `bound`.
 *
 * Each term of the kernel's sum is rounded m = dimensions/4 + 5 times at most: difference (twice in its square), product,
 * dimensions/4 additions into one of four partial sums, two that join them; and loses at most 2^-149 to underflow. Inputs are
 * float32 already, so they add nothing. With S the exact sum, and n·2^-53 ≪ u for what float64 loses in D:
 * - l2: |−e − S| ≤ γ_m·S + n·2^-149, all terms being of one sign. D > B follows from −e > B·(1 + γ_(m+1)) + n·2^-149. An overflow makes
 *   e = −∞ only where S exceeds every B up to HUGE.
 * - ip, cosine: |e − S| ≤ γ_m·Σ|q·x| + n·2^-149, and Σ|q·x| ≤ ‖q‖‖x‖. For ip, D > B follows from e + γ‖q‖‖x‖ < −B − n·2^-149; for cosine,
 *   D = 1 − S/(‖q‖‖x‖), from e − (1 − B − γ)‖q‖‖x‖ < −n·2^-149. The comparison itself rounds ‖x‖, tilt, their product (|tilt| ≤ 3‖q‖) and
 *   the sum, together less than 16·u·‖q‖‖x‖: γ_(m+16) has room for them.
 *
 * Where nothing can be said – no bound yet, overflow or underflow near – every row is kept.
 */
export const cutOf = (metric: Metric, dimensions: number, norm: number, bound: number): Cut => {
  const roundings = Math.ceil(dimensions / 4) + 5
  const lost = (dimensions + 16) * TINY
  if (metric === 'l2') {
    const far = bound * (1 + gamma(roundings + 1)) + lost
    return far < HUGE ? { tilt: 0, floor: roundDown(-far) } : KEEP
  }
  const error = gamma(roundings + 16)
  if (!isPlain(norm) || !(error < 1) || bound === Infinity) return KEEP
  if (metric === 'ip') return { tilt: Math.fround(error * norm), floor: roundDown(-bound - lost) }
  return { tilt: Math.fround((bound + error - 1) * norm), floor: roundDown(-lost) }
}

/** ‖x‖ as the comparison takes it: NaN, which keeps the row, where the bound says nothing. */
export const lengthOf = (norm: number): number => (isPlain(norm) ? norm : Number.NaN)

const isPlain = (norm: number): boolean => norm === 0 || (norm >= SHORT && norm <= LONG)

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The largest float32 that is no larger. */
const roundDown = (x: number): number => {
  float[0] = x
  if (float[0] > x) bits[0]! += x < 0 ? 1 : -1
  return float[0]
}
