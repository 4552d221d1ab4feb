import type { Metric } from '../model/index.ts'

/** A query as the analysis takes it. */
export interface Query {
  readonly vector: Float64Array
  /** Its length, ‖q‖. */
  readonly norm: number
}

export const queryOf = (vector: Float32Array): Query => {
  const exact = Float64Array.from(vector)
  return { vector: exact, norm: Math.sqrt(squaredNorm(vector, 0, vector.length)) }
}

/** ‖x‖² of the row at `offset`, in float64. */
export const squaredNorm = (rows: Float32Array, offset: number, dimensions: number): number => {
  let sum = 0
  for (let i = offset; i < offset + dimensions; i++) sum += rows[i]! * rows[i]!
  return sum
}

/**
 * Distances of a query to the `chosen` ones of rows that lie back to back, accumulated in float64 in the order of the dimensions,
 * so that equal vectors have equal distances wherever they lie: l2 squared; cosine as 1 − cos; ip as −⟨q, x⟩. `norms`: ‖x‖ of
 * each row, read for cosine only; a null vector is at cosine distance 1. Fills the first places of `out`.
 */
export const distances = (
  metric: Metric,
  rows: Float32Array,
  { vector, norm }: Query,
  norms: Float64Array,
  chosen: Uint32Array,
  out: Float64Array,
): void => {
  const sums = metric === 'l2' ? squares : products
  const last = chosen.length - 1
  for (let i = 0; i <= last; i += 4) sums(vector, rows, chosen, i, last, out)
  if (metric === 'l2') return
  for (let i = 0; i <= last; i++) {
    const dot = out[i]!
    const lengths = norm * norms[chosen[i]!]!
    out[i] = metric === 'ip' ? -dot : lengths === 0 ? 1 : 1 - dot / lengths
  }
}

/** The sums of four rows, `chosen` from place `i` on; the last row stands in for those beyond it. Four chains of additions keep a core busy. */
type Sums = (
  q: Float64Array,
  rows: Float32Array,
  chosen: Uint32Array,
  i: number,
  last: number,
  out: Float64Array,
) => void

/** Σ (q − x)². */
const squares: Sums = (q, rows, chosen, i, last, out) => {
  const dimensions = q.length
  const a = chosen[i]! * dimensions
  const b = chosen[Math.min(i + 1, last)]! * dimensions
  const c = chosen[Math.min(i + 2, last)]! * dimensions
  const d = chosen[Math.min(i + 3, last)]! * dimensions
  let sumA = 0
  let sumB = 0
  let sumC = 0
  let sumD = 0
  for (let j = 0; j < dimensions; j++) {
    const x = q[j]!
    const da = x - rows[a + j]!
    const db = x - rows[b + j]!
    const dc = x - rows[c + j]!
    const dd = x - rows[d + j]!
    sumA += da * da
    sumB += db * db
    sumC += dc * dc
    sumD += dd * dd
  }
  out[i] = sumA
  out[i + 1] = sumB
  out[i + 2] = sumC
  out[i + 3] = sumD
}

/** Σ q·x, likewise. */
const products: Sums = (q, rows, chosen, i, last, out) => {
  const dimensions = q.length
  const a = chosen[i]! * dimensions
  const b = chosen[Math.min(i + 1, last)]! * dimensions
  const c = chosen[Math.min(i + 2, last)]! * dimensions
  const d = chosen[Math.min(i + 3, last)]! * dimensions
  let sumA = 0
  let sumB = 0
  let sumC = 0
  let sumD = 0
  for (let j = 0; j < dimensions; j++) {
    const x = q[j]!
    sumA += x * rows[a + j]!
    sumB += x * rows[b + j]!
    sumC += x * rows[c + j]!
    sumD += x * rows[d + j]!
  }
  out[i] = sumA
  out[i + 1] = sumB
  out[i + 2] = sumC
  out[i + 3] = sumD
}
