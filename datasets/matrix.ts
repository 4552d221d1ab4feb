import { problem } from '../harness/errors.ts'
import type { Vectors } from '../harness/model/index.ts'

/** Vectors in memory that threads share, written once while they are made. */
export interface Matrix extends Vectors {
  /** Row-major, count × dimensions, over a SharedArrayBuffer. */
  readonly values: Float32Array<SharedArrayBuffer>
}

/** A matrix over shared memory: that of another thread, or new and all zero (throws DATASET_TOO_LARGE). */
export const matrix = (
  count: number,
  dimensions: number,
  memory = allocate(count, dimensions),
): Matrix => {
  const values = new Float32Array(memory)
  return {
    count,
    dimensions,
    values,
    at: (index) => values.subarray(index * dimensions, (index + 1) * dimensions),
    slice: (from, to) => values.slice(from * dimensions, to * dimensions),
  }
}

const allocate = (count: number, dimensions: number): SharedArrayBuffer => {
  const bytes = count * dimensions * 4
  try {
    return new SharedArrayBuffer(bytes)
  } catch (error) {
    const gigabytes = (bytes / 2 ** 30).toFixed(1)
    throw problem('DATASET_TOO_LARGE', { count, dimensions, gigabytes }, error)
  }
}

/** Squared Euclidean distance of two vectors of the same dimension, in float64. */
export const squaredDistance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    sum += difference * difference
  }
  return sum
}

/** Euclidean length of a vector, in float64. */
export const lengthOf = (vector: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!
  return Math.sqrt(sum)
}
