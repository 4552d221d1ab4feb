/**
 * The hot tier: rows that are stored and found by exact scan while the graph is still to get them. A ring of their slots, written by the
 * writer, read by everyone.
 */
import { takeStorage } from './chunks'
import { offer } from './found'
import { link } from './insert'
import {
  HOT,
  HOT_CAPACITY,
  HOT_COME,
  HOT_DONE,
  HOT_RING,
  isFindable,
  levelOf,
  setState,
  stateOf,
  word,
} from './layout'
import { queryOfVector } from './query'

/** Room for so many hot rows, a power of two, or none; false where memory ends. */
export function beginHot(capacity: u32): bool {
  store<u32>(HOT_CAPACITY, capacity)
  store<u32>(HOT_DONE, 0)
  store<u32>(HOT_COME, 0)
  if (capacity == 0) return true
  store<u32>(HOT_RING, takeStorage(capacity << 2))
  return word(HOT_RING) != 0
}

/** Rows that wait for their links, those that were deleted meanwhile among them. */
export function hotRows(): u32 {
  return word(HOT_COME) - word(HOT_DONE)
}

/** A stored node that readers find from now on. There is room for it. */
export function heat(slot: u32, level: u32): void {
  setState(slot, HOT, level)
  store<u32>(placeOf(word(HOT_COME)), slot)
  atomic.store<u32>(HOT_COME, word(HOT_COME) + 1)
}

/** Links the oldest hot row. False where memory ends, and it stays hot. */
export function linkOldest(c: usize): bool {
  if (hotRows() == 0) return true
  const slot = load<u32>(placeOf(word(HOT_DONE)))
  if (stateOf(slot) == HOT) {
    queryOfVector(c, slot)
    if (!link(c, slot, levelOf(slot))) return false
  }
  atomic.store<u32>(HOT_DONE, word(HOT_DONE) + 1)
  return true
}

/** The nearest k of the hot rows, measured in floats. How many were found. A row that is linked while this runs is not missed. */
export function hotSearch(c: usize, k: u32): u32 {
  let found: u32 = 0
  // In this order: what is done is never more than what came.
  const first = atomic.load<u32>(HOT_DONE)
  const end = atomic.load<u32>(HOT_COME)
  for (let i = first; i != end; i++) {
    const slot = load<u32>(placeOf(i))
    if (isFindable(stateOf(slot))) found = offer(c, slot, k, found, true)
  }
  return found
}

// @ts-ignore: decorator
@inline
function placeOf(count: u32): usize {
  return word(HOT_RING) + ((count & (word(HOT_CAPACITY) - 1)) << 2)
}
