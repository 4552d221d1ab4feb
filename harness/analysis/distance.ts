import type { Metric } from '../model/index.ts'

/** How many queries one pass over a block of rows serves. */
export const LANES = 4

/** A query as the kernels take it. */
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
 * Distances of four queries to `count` rows that lie back to back, accumulated in float64 in the order of the dimensions, so
 * that equal vectors have equal distances wherever they lie: l2 squared; cosine as 1 − cos; ip as −⟨q, x⟩. `norms`: ‖x‖ of each
 * row, read for cosine only; a null vector is at cosine distance 1. Fills out[lane · count + row].
 */
export const distances = (
  metric: Metric,
  rows: Float32Array,
  count: number,
  queries: readonly Query[],
  norms: Float64Array,
  out: Float64Array,
): void => {
  const [a, b, c, d] = queries as readonly [Query, Query, Query, Query]
  const kernel = metric === 'l2' ? squares : products
  kernel(rows, count, a.vector, b.vector, c.vector, d.vector, out)
  if (metric === 'l2') return
  for (let lane = 0; lane < LANES; lane++) {
    const { norm } = queries[lane]!
    for (let row = 0; row < count; row++) {
      const dot = out[lane * count + row]!
      const lengths = norm * norms[row]!
      out[lane * count + row] = metric === 'ip' ? -dot : lengths === 0 ? 1 : 1 - dot / lengths
    }
  }
}

type Kernel = (
  rows: Float32Array,
  count: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  out: Float64Array,
) => void

/** Σ (q − x)²: one conversion of each element serves four independent chains of additions. */
const squares: Kernel = (rows, count, a, b, c, d, out) => {
  const dimensions = a.length
  for (let row = 0; row < count; row++) {
    const base = row * dimensions
    let sumA = 0
    let sumB = 0
    let sumC = 0
    let sumD = 0
    for (let i = 0; i < dimensions; i++) {
      const x = rows[base + i]!
      const da = a[i]! - x
      const db = b[i]! - x
      const dc = c[i]! - x
      const dd = d[i]! - x
      sumA += da * da
      sumB += db * db
      sumC += dc * dc
      sumD += dd * dd
    }
    out[row] = sumA
    out[count + row] = sumB
    out[2 * count + row] = sumC
    out[3 * count + row] = sumD
  }
}

/** Σ q·x, likewise. */
const products: Kernel = (rows, count, a, b, c, d, out) => {
  const dimensions = a.length
  for (let row = 0; row < count; row++) {
    const base = row * dimensions
    let sumA = 0
    let sumB = 0
    let sumC = 0
    let sumD = 0
    for (let i = 0; i < dimensions; i++) {
      const x = rows[base + i]!
      sumA += a[i]! * x
      sumB += b[i]! * x
      sumC += c[i]! * x
      sumD += d[i]! * x
    }
    out[row] = sumA
    out[count + row] = sumB
    out[2 * count + row] = sumC
    out[3 * count + row] = sumD
  }
}
