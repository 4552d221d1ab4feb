import type { Metric } from '../../model/index.ts'
import type { Query } from '../distance.ts'
import { cutOf, lengthOf } from './bound.ts'
import { instantiate } from './kernel.wasm.ts'

/** Queries that one pass over a block serves. */
export const LANES = 4

/** Tells in float32 which rows are surely too far to matter, for some queries of one metric. */
export interface Sieve {
  /** Takes queries of equal dimensions, in place of those it had. */
  ask(queries: readonly Query[]): void
  /** Takes a block: rows back to back, and their lengths, ‖x‖. */
  load(rows: Float32Array, lengths: Float64Array): void
  /**
   * Rows of the block, in its order, for each of the four queries from `first` on: all whose float64 distance is `bounds[lane]` or less, and
   * few others. Valid until the next call.
   */
  sift(first: number, bounds: readonly number[]): readonly Uint32Array[]
}

/** What assembly/index.ts exports. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  sift(
    squared: boolean,
    rows: number,
    count: number,
    queries: number,
    stride: number,
    lengths: number,
    tilts: number,
    floors: number,
    kept: number,
    counts: number,
  ): void
}

const PAGE = 65_536
const VECTOR = 16
/** Where the kernel finds things: three vectors of four numbers, then the queries, then the block. */
const TILTS = VECTOR
const FLOORS = 2 * VECTOR
const COUNTS = 3 * VECTOR
const QUERIES = 4 * VECTOR

/** A sieve with a memory of its own, which holds its queries and one block in float32, and grows to the largest it is given. */
export const sieveOf = (metric: Metric): Sieve => {
  const kernel = instantiate() as Kernel
  let queries: readonly Query[] = []
  let dimensions = 0
  let stride = 0
  let count = 0
  let lengthsAt = QUERIES
  let rowsAt = QUERIES
  let keptAt = QUERIES

  const reserve = (bytes: number): void => {
    const missing = bytes - kernel.memory.buffer.byteLength
    if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE))
  }
  const floats = (at: number, length: number) => new Float32Array(kernel.memory.buffer, at, length)
  const integers = (at: number, length: number) => new Uint32Array(kernel.memory.buffer, at, length)

  const ask: Sieve['ask'] = (asked) => {
    queries = asked
    dimensions = queries[0]?.vector.length ?? 0
    stride = upTo(4 * dimensions, VECTOR)
    lengthsAt = QUERIES + upTo(queries.length, LANES) * stride
    reserve(lengthsAt)
    floats(QUERIES, (lengthsAt - QUERIES) / 4).fill(0)
    for (const [i, { vector }] of queries.entries()) {
      floats(QUERIES + i * stride, dimensions).set(vector)
    }
  }
  const load: Sieve['load'] = (rows, lengths) => {
    count = lengths.length
    rowsAt = lengthsAt + upTo(4 * count, VECTOR)
    keptAt = rowsAt + upTo(count, 2) * stride
    reserve(keptAt + 4 * LANES * count)
    if (metric === 'l2') floats(lengthsAt, count).fill(0)
    else floats(lengthsAt, count).set(lengths.map(lengthOf))
    const room = floats(rowsAt, (count * stride) / 4)
    if (stride === 4 * dimensions) room.set(rows)
    else {
      room.fill(0)
      for (let row = 0; row < count; row++) {
        const from = row * dimensions
        room.set(rows.subarray(from, from + dimensions), (row * stride) / 4)
      }
    }
  }
  const sift: Sieve['sift'] = (first, bounds) => {
    const tilts = floats(TILTS, LANES)
    const floors = floats(FLOORS, LANES).fill(Infinity)
    for (let lane = 0; lane < bounds.length; lane++) {
      const cut = cutOf(metric, dimensions, queries[first + lane]!.norm, bounds[lane]!)
      tilts[lane] = cut.tilt
      floors[lane] = cut.floor
    }
    const at = QUERIES + first * stride
    const isSquared = metric === 'l2'
    kernel.sift(isSquared, rowsAt, count, at, stride, lengthsAt, TILTS, FLOORS, keptAt, COUNTS)
    const counts = integers(COUNTS, LANES)
    return bounds.map((_, lane) => integers(keptAt + 4 * lane * count, counts[lane]!))
  }

  return { ask, load, sift }
}

const upTo = (size: number, multiple: number): number => Math.ceil(size / multiple) * multiple
