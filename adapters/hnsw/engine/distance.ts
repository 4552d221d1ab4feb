export type Metric = 'l2' | 'cosine' | 'ip'

/** Distance between `length` floats of a from i on and as many of b from j on; `length` is a multiple of 4. Smaller is nearer. */
export type Distance = (
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  length: number,
) => number

const squaredEuclidean: Distance = (a, i, b, j, length) => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let n = 0; n < length; n += 4) {
    const d0 = a[i + n]! - b[j + n]!
    const d1 = a[i + n + 1]! - b[j + n + 1]!
    const d2 = a[i + n + 2]! - b[j + n + 2]!
    const d3 = a[i + n + 3]! - b[j + n + 3]!
    s0 += d0 * d0
    s1 += d1 * d1
    s2 += d2 * d2
    s3 += d3 * d3
  }
  return s0 + s1 + (s2 + s3)
}

const dot: Distance = (a, i, b, j, length) => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let n = 0; n < length; n += 4) {
    s0 += a[i + n]! * b[j + n]!
    s1 += a[i + n + 1]! * b[j + n + 1]!
    s2 += a[i + n + 2]! * b[j + n + 2]!
    s3 += a[i + n + 3]! * b[j + n + 3]!
  }
  return s0 + s1 + (s2 + s3)
}

/** l2: squared Euclidean. cosine: 1 − cos, on vectors that `prepared` has normalised. ip: minus the inner product. */
export const DISTANCES: Readonly<Record<Metric, Distance>> = {
  l2: squaredEuclidean,
  cosine: (a, i, b, j, length) => 1 - dot(a, i, b, j, length),
  ip: (a, i, b, j, length) => -dot(a, i, b, j, length),
}

/**
 * The vector as it is stored or asked: as given, or of length one under cosine.
 * A zero vector has no direction: it stays zero, at distance 1 from everything.
 */
export const prepared = (metric: Metric, vector: Float32Array): Float32Array => {
  if (metric !== 'cosine') return vector
  let sum = 0
  for (const x of vector) sum += x * x
  if (sum === 0) return vector
  const scale = 1 / Math.sqrt(sum)
  return vector.map((x) => x * scale)
}
