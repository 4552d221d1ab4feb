import type { Metric } from '../../harness/model/index.ts'
import type { Rows } from './rows.ts'

/** What a scan takes: slots whose code is in the table, 1 = yes. */
export interface Wanted {
  readonly of: 'state' | 'role'
  readonly codes: Uint8Array
}

export const wanting = (of: Wanted['of'], ...codes: readonly number[]): Wanted => {
  const table = new Uint8Array(256)
  for (const code of codes) table[code] = 1
  return { of, codes: table }
}

/**
 * Exact nearest neighbours: slots of the k nearest wanted rows, nearest first, equal distances by id, then version.
 * Sums in float64 over float32 rows. l2 is squared; cosine is 1 − cos (1 for a zero vector); ip is the negated dot product.
 */
export const nearest = (
  rows: Rows,
  query: Float32Array,
  k: number,
  metric: Metric,
  wanted: Wanted,
): Uint32Array => {
  const top = topK(rows, Math.min(k, rows.used))
  const norm = lengthOf(query)
  const { data, norms, dimensions, used } = rows
  const codes = rows[wanted.of]
  const table = wanted.codes
  /** The distance beyond which nothing enters any more. */
  let worst = Number.POSITIVE_INFINITY
  for (let slot = 0; slot < used; slot++) {
    if (table[codes[slot]!] === 0) continue
    const from = slot * dimensions
    if (metric === 'l2') {
      const distance = squared(data, from, query, dimensions, worst)
      if (distance <= worst) worst = top.offer(slot, distance)
      continue
    }
    const product = dot(data, from, query, dimensions)
    const scale = norm * norms[slot]!
    const distance = metric === 'ip' ? -product : scale === 0 ? 1 : 1 - product / scale
    if (distance <= worst) worst = top.offer(slot, distance)
  }
  return top.slots()
}

/*
 * In the two sums below `| 0` tells the compiler that no index leaves 32 bits; four sums side by side do not wait for
 * each other.
 */

/** Σ (x − q)², given up (as infinite) once a part of it is beyond `enough`. */
const squared = (
  data: Float32Array,
  from: number,
  query: Float32Array,
  length: number,
  enough: number,
): number => {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; ((i + 4) | 0) <= length; i = (i + 4) | 0) {
    const at = (from + i) | 0
    const w = data[at]! - query[i]!
    const x = data[(at + 1) | 0]! - query[(i + 1) | 0]!
    const y = data[(at + 2) | 0]! - query[(i + 2) | 0]!
    const z = data[(at + 3) | 0]! - query[(i + 3) | 0]!
    a += w * w
    b += x * x
    c += y * y
    d += z * z
    if ((i & 31) === 28 && a + b + (c + d) > enough) return Number.POSITIVE_INFINITY
  }
  for (; i < length; i++) a += (data[from + i]! - query[i]!) ** 2
  return a + b + (c + d)
}

const dot = (data: Float32Array, from: number, query: Float32Array, length: number): number => {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; ((i + 4) | 0) <= length; i = (i + 4) | 0) {
    const at = (from + i) | 0
    a += data[at]! * query[i]!
    b += data[(at + 1) | 0]! * query[(i + 1) | 0]!
    c += data[(at + 2) | 0]! * query[(i + 2) | 0]!
    d += data[(at + 3) | 0]! * query[(i + 3) | 0]!
  }
  for (; i < length; i++) a += data[from + i]! * query[i]!
  return a + b + (c + d)
}

/** Euclidean length of a vector, in float64. */
export const lengthOf = (vector: Float32Array): number =>
  Math.sqrt(dot(vector, 0, vector, vector.length))

/** The k nearest seen so far, in two sorted arrays; an insertion moves the farther ones by one place. */
const topK = ({ ids, versions }: Rows, k: number) => {
  const distances = new Float64Array(k).fill(Number.POSITIVE_INFINITY)
  const slots = new Uint32Array(k)
  let size = 0
  const isBefore = (slot: number, distance: number, place: number): boolean => {
    if (distance !== distances[place]!) return distance < distances[place]!
    const other = slots[place]!
    if (ids[slot] !== ids[other]) return ids[slot]! < ids[other]!
    return versions[slot]! < versions[other]!
  }
  const worst = () => (size < k || k === 0 ? Number.POSITIVE_INFINITY : distances[k - 1]!)
  return {
    /** Takes the slot in, if it is among the k nearest; returns the worst distance that still counts. */
    offer: (slot: number, distance: number): number => {
      if (k === 0 || (size === k && !isBefore(slot, distance, k - 1))) return worst()
      if (size < k) size += 1
      let place = size - 1
      for (; place > 0 && isBefore(slot, distance, place - 1); place--) {
        distances[place] = distances[place - 1]!
        slots[place] = slots[place - 1]!
      }
      distances[place] = distance
      slots[place] = slot
      return worst()
    },
    slots: () => slots.slice(0, size),
  }
}
