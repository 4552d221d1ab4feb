import { type Heap, pop } from './heap.ts'
import type { Slot } from './slots.ts'

/** Slots with their distances, nearest first: entry points, candidates and results all travel as this. */
export interface Ranking {
  length: number
  slots: Int32Array
  distances: Float64Array
}

export const createRanking = (): Ranking => ({
  length: 0,
  slots: new Int32Array(256),
  distances: new Float64Array(256),
})

const reserve = (ranking: Ranking, length: number): void => {
  if (length <= ranking.slots.length) return
  const capacity = Math.max(length, 2 * ranking.slots.length)
  const slots = new Int32Array(capacity)
  slots.set(ranking.slots)
  const distances = new Float64Array(capacity)
  distances.set(ranking.distances)
  Object.assign(ranking, { slots, distances })
}

/** Appends an entry that is no nearer than the last. */
export const append = (ranking: Ranking, slot: Slot, distance: number): void => {
  reserve(ranking, ranking.length + 1)
  ranking.slots[ranking.length] = slot
  ranking.distances[ranking.length++] = distance
}

/** Inserts an entry behind those at its distance; linear, for lists as short as a list of links. */
export const insertSorted = (ranking: Ranking, slot: Slot, distance: number): void => {
  reserve(ranking, ranking.length + 1)
  const { slots, distances } = ranking
  let i = ranking.length++
  for (; i > 0 && distances[i - 1]! > distance; i--) {
    slots[i] = slots[i - 1]!
    distances[i] = distances[i - 1]!
  }
  slots[i] = slot
  distances[i] = distance
}

/** Empties a heap whose keys are distances into the ranking. */
export const drainNearestFirst = (heap: Heap, ranking: Ranking): void => {
  ranking.length = 0
  while (heap.size > 0) {
    const distance = heap.keys[0]!
    append(ranking, pop(heap), distance)
  }
}

/** Empties a heap whose keys are negated distances into the ranking. */
export const drainFarthestFirst = (heap: Heap, ranking: Ranking): void => {
  reserve(ranking, heap.size)
  ranking.length = heap.size
  while (heap.size > 0) {
    const at = heap.size - 1
    ranking.distances[at] = -heap.keys[0]!
    ranking.slots[at] = pop(heap)
  }
}
