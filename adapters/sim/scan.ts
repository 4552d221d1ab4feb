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
 * Sums in float64 over float32 rows, term after term. l2 is squared; cosine is 1 − cos (1 for a zero vector); ip is the
 * negated dot product.
 */
export const nearest = (
  rows: Rows,
  query: Float32Array,
  k: number,
  metric: Metric,
  wanted: Wanted,
): Uint32Array => {
  const slots = slotsOf(rows, wanted)
  const top = topK(rows, Math.min(k, slots.length))
  const norm = lengthOf(query)
  const wide = Float64Array.from(query)
  const sums = new Float64Array(FOUR)
  /** The distance beyond which nothing enters any more. */
  let worst = Number.POSITIVE_INFINITY
  for (let first = 0; first < slots.length; first += FOUR) {
    if (metric === 'l2') squares(rows, slots, first, wide, sums)
    else products(rows, slots, first, wide, sums)
    for (let i = 0; i < FOUR && first + i < slots.length; i++) {
      const slot = slots[first + i]!
      const distance =
        metric === 'l2' ? sums[i]! : fromProduct(metric, sums[i]!, norm * rows.norms[slot]!)
      if (distance <= worst) worst = top.offer(slot, distance)
    }
  }
  return top.slots()
}

const fromProduct = (metric: Metric, product: number, lengths: number): number => {
  if (metric === 'ip') return -product
  return lengths === 0 ? 1 : 1 - product / lengths
}

const slotsOf = (rows: Rows, { of, codes: table }: Wanted): Uint32Array => {
  const { used } = rows
  const codes = rows[of]
  const slots = new Uint32Array(used)
  let count = 0
  for (let slot = 0; slot < used; slot++) {
    slots[count] = slot
    count += table[codes[slot]!]!
  }
  return slots.subarray(0, count)
}

/*
 * Four rows side by side: four sums that do not wait for each other. `| 0` tells the compiler that no index leaves 32
 * bits. Where fewer than four are left, the last stands in for those that are not there.
 */
const FOUR = 4

type Four = (
  rows: Rows,
  slots: Uint32Array,
  first: number,
  query: Float64Array,
  sums: Float64Array,
) => void

/** Σ (x − q)². */
const squares: Four = ({ data, dimensions }, slots, first, query, sums) => {
  const last = slots.length - 1
  const a = (slots[first]! * dimensions) | 0
  const b = (slots[Math.min(first + 1, last)]! * dimensions) | 0
  const c = (slots[Math.min(first + 2, last)]! * dimensions) | 0
  const d = (slots[Math.min(first + 3, last)]! * dimensions) | 0
  let w = 0
  let x = 0
  let y = 0
  let z = 0
  for (let i = 0; i < dimensions; i = (i + 1) | 0) {
    const q = query[i]!
    const e = data[(a + i) | 0]! - q
    const f = data[(b + i) | 0]! - q
    const g = data[(c + i) | 0]! - q
    const h = data[(d + i) | 0]! - q
    w += e * e
    x += f * f
    y += g * g
    z += h * h
  }
  sums[0] = w
  sums[1] = x
  sums[2] = y
  sums[3] = z
}

/** Σ x·q. */
const products: Four = ({ data, dimensions }, slots, first, query, sums) => {
  const last = slots.length - 1
  const a = (slots[first]! * dimensions) | 0
  const b = (slots[Math.min(first + 1, last)]! * dimensions) | 0
  const c = (slots[Math.min(first + 2, last)]! * dimensions) | 0
  const d = (slots[Math.min(first + 3, last)]! * dimensions) | 0
  let w = 0
  let x = 0
  let y = 0
  let z = 0
  for (let i = 0; i < dimensions; i = (i + 1) | 0) {
    const q = query[i]!
    w += data[(a + i) | 0]! * q
    x += data[(b + i) | 0]! * q
    y += data[(c + i) | 0]! * q
    z += data[(d + i) | 0]! * q
  }
  sums[0] = w
  sums[1] = x
  sums[2] = y
  sums[3] = z
}

/** Euclidean length of a vector, in float64. */
export const lengthOf = (vector: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!
  return Math.sqrt(sum)
}

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
