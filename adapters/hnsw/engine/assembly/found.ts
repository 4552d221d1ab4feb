/** The nearest k of what is offered: sorted while they are few, else a heap with the farthest on top (Knuth, TAOCP 3, 5.2.3), sorted in the end. */
import { FOUND, VECTOR } from './context'
import { distance } from './distance'
import { ID, METRIC, tailOf, VECTOR_BYTES, vectorOf, word } from './layout'

/** From so many on, moving them on for each newcomer costs more than a heap does. */
const MANY: u32 = 256

// A pair is the slot (u32) and the distance (f32).
// @ts-ignore: decorator
@inline
function pairAt(found: usize, place: u32): usize {
  return found + (usize(place) << 3)
}

// @ts-ignore: decorator
@inline
function distanceAt(found: usize, place: u32): f32 {
  return load<f32>(pairAt(found, place), 4)
}

/** Nothing that is as far as this is taken any more. */
// @ts-ignore: decorator
@inline
export function farthest(c: usize, k: u32, count: u32): f32 {
  if (count < k) return <f32>Infinity
  return distanceAt(load<u32>(c, FOUND), k > MANY ? 0 : k - 1)
}

/** Takes a node, measured in floats, if it is among the nearest k so far; of one id only the first, if `once`. How many there are then. */
export function offer(c: usize, slot: u32, k: u32, count: u32, once: bool): u32 {
  if (k == 0) return 0
  const d = distance(load<u32>(c, VECTOR), vectorOf(slot), word(VECTOR_BYTES), word(METRIC))
  if (count == k && d >= farthest(c, k, count)) return count
  const found: usize = load<u32>(c, FOUND)
  if (once && isFound(found, count, load<u32>(tailOf(slot), ID))) return count
  if (k <= MANY) return insert(found, slot, d, k, count)
  if (count < k) {
    rise(found, count, slot, d)
    return count + 1
  }
  sink(found, k, slot, d)
  return count
}

function isFound(found: usize, count: u32, id: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(tailOf(load<u32>(pairAt(found, i))), ID) == id) return true
  }
  return false
}

/** Equal distances stand in the order in which they came. */
function insert(found: usize, slot: u32, d: f32, k: u32, count: u32): u32 {
  let low: u32 = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (distanceAt(found, middle) <= d) low = middle + 1
    else high = middle
  }
  const size = count < k ? count + 1 : k
  memory.copy(pairAt(found, low + 1), pairAt(found, low), (size - 1 - low) << 3)
  put(found, low, slot, d)
  return size
}

// @ts-ignore: decorator
@inline
function put(found: usize, place: u32, slot: u32, d: f32): void {
  store<u32>(pairAt(found, place), slot)
  store<f32>(pairAt(found, place), d, 4)
}

/** A pair finds its place from the bottom of the heap. */
function rise(found: usize, from: u32, slot: u32, d: f32): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (distanceAt(found, parent) >= d) break
    store<u64>(pairAt(found, at), load<u64>(pairAt(found, parent)))
    at = parent
  }
  put(found, at, slot, d)
}

/** A pair finds its place from the top of a heap of so many. */
function sink(found: usize, size: u32, slot: u32, d: f32): void {
  let at: u32 = 0
  for (;;) {
    let child: u32 = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && distanceAt(found, child + 1) > distanceAt(found, child)) child++
    if (distanceAt(found, child) <= d) break
    store<u64>(pairAt(found, at), load<u64>(pairAt(found, child)))
    at = child
  }
  put(found, at, slot, d)
}

/** What was found stands nearest first from now on; nothing more can be offered where they are many. */
export function sortFound(c: usize, k: u32, count: u32): void {
  if (k <= MANY) return
  const found: usize = load<u32>(c, FOUND)
  for (let end = count; end > 1; end--) {
    const last = load<u64>(pairAt(found, end - 1))
    store<u64>(pairAt(found, end - 1), load<u64>(found))
    sink(found, end - 1, <u32>last, reinterpret<f32>(<u32>(last >> 32)))
  }
}
