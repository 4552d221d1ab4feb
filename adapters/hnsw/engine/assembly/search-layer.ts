import {
  CODES,
  COUNT,
  EPOCH,
  emptyVisited,
  GATHERED,
  POOL,
  POOL_LIVE,
  POOL_SIZE,
  QUERY_NORM,
  QUERY_SCALE,
  TOUCHED,
  VISITED,
} from './context'
import { distances4, ordered, unordered } from './distance'
import {
  BLOCK_BYTES,
  BLOCKS,
  CODE_BYTES,
  CODES_AT,
  codesOf,
  ENTRY,
  entryLevel,
  entrySlot,
  LIVE,
  linksOf,
  METRIC,
  NONE,
  stateOf,
  widthOf,
  word,
} from './layout'

/** Candidates that are expanded at a time: their misses of the cache overlap. */
const BEAM: u32 = 4
/** A key is a distance, whether the slot was a tombstone when it was met, the slot, and whether its links were followed. */
const EXPANDED: u64 = 1
const DEAD: u64 = 1 << 30
const SLOT: u32 = (1 << 27) - 1

// @ts-ignore: decorator
@inline
export function slotOf(key: u64): u32 {
  return (<u32>key >> 1) & SLOT
}

// @ts-ignore: decorator
@inline
export function keyOf(distance: f32, slot: u32): u64 {
  return ((<u64>ordered(distance)) << 32) | (stateOf(slot) == LIVE ? 0 : DEAD) | ((<u64>slot) << 1)
}

// @ts-ignore: decorator
@inline
export function isLiveKey(key: u64): bool {
  return (key & DEAD) == 0
}

/** Room in the pool for so many live nodes, and as many tombstones beside each as a graph should ever hold. */
export function poolFor(ef: u32): u32 {
  return 8 * ef + 64
}

/**
 * Algorithm 2, SEARCH-LAYER. The pool holds what was found so far, sorted: those not expanded are C, the nearest `ef` live ones W.
 * Tombstones are walked through and stand in the pool, but are not counted. It begins with what the pool holds, and ends when all of it
 * is expanded: a candidate farther than the ef-th live one has left the pool. False where memory ends.
 */
export function searchLayer(c: usize, ef: u32, layer: u32): bool {
  if (!emptyVisited(c)) return false
  const pool: usize = load<u32>(c, POOL)
  const gathered: usize = load<u32>(c, GATHERED)
  const n = word(CODE_BYTES)
  const codes: usize = load<u32>(c, CODES)
  const scale = load<f32>(c, QUERY_SCALE)
  const norm = load<f32>(c, QUERY_NORM)
  const metric = word(METRIC)
  const stride: usize = word(BLOCK_BYTES)
  const codesAt: usize = BLOCKS + word(CODES_AT)

  beginAgain(c)
  let first: u32 = 0
  while (true) {
    first = expand(c, first, layer)
    const count = load<u32>(c, COUNT)
    if (count == 0) {
      if (first == load<u32>(c, POOL_SIZE)) return true
      continue
    }
    let nearest = first
    for (let i: u32 = 0; i < count; i += 4) {
      const at = gathered + (i << 2)
      const distances = distances4(
        codes,
        scale,
        norm,
        codesAt + usize(load<u32>(at)) * stride,
        codesAt + usize(load<u32>(at, 4)) * stride,
        codesAt + usize(load<u32>(at, 8)) * stride,
        codesAt + usize(load<u32>(at, 12)) * stride,
        n,
        metric,
      )
      let near = i32x4.bitmask(f32x4.lt(distances, f32x4.splat(boundOf(c, pool, ef))))
      // What fills the last four up is not taken.
      if (count - i < 4) near &= (1 << (count - i)) - 1
      if (near == 0) continue
      if (near & 1)
        nearest = min(nearest, take(c, pool, ef, f32x4.extract_lane(distances, 0), load<u32>(at)))
      if (near & 2)
        nearest = min(nearest, take(c, pool, ef, f32x4.extract_lane(distances, 1), load<u32>(at, 4)))
      if (near & 4)
        nearest = min(nearest, take(c, pool, ef, f32x4.extract_lane(distances, 2), load<u32>(at, 8)))
      if (near & 8)
        nearest = min(nearest, take(c, pool, ef, f32x4.extract_lane(distances, 3), load<u32>(at, 12)))
    }
    first = nearest
  }
}

/** What the pool holds is visited, and nothing of it expanded. */
function beginAgain(c: usize): void {
  const pool: usize = load<u32>(c, POOL)
  const visited: usize = load<u32>(c, VISITED)
  const epoch = <u16>load<u32>(c, EPOCH)
  const end = pool + (load<u32>(c, POOL_SIZE) << 3)
  for (let at = pool; at < end; at += 8) {
    const key = load<u64>(at) & ~EXPANDED
    store<u64>(at, key)
    store<u16>(visited + (slotOf(key) << 1), epoch)
  }
}

/**
 * Gathers the unvisited neighbours of the nearest candidates, from place `first` of the pool on, and touches their codes: every line
 * before the first is needed. The place behind the last candidate that was expanded.
 */
// @ts-ignore: decorator
@inline
function expand(c: usize, first: u32, layer: u32): u32 {
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  const visited: usize = load<u32>(c, VISITED)
  const epoch = <u16>load<u32>(c, EPOCH)
  const gathered: usize = load<u32>(c, GATHERED)
  const stride: usize = word(BLOCK_BYTES)
  const codesAt: usize = BLOCKS + word(CODES_AT)
  const lines: usize = word(CODE_BYTES) + 8
  const width = widthOf(layer)
  let count: u32 = 0
  let touched: u32 = 0
  // Where the lists begin, behind the room for what they hold; their misses of the cache overlap.
  const lists = gathered + ((BEAM * widthOf(0)) << 2)
  let beam: u32 = 0
  for (; first < size && beam < BEAM; first++) {
    const at = pool + (first << 3)
    const key = load<u64>(at)
    if (key & EXPANDED) continue
    store<u64>(at, key | EXPANDED)
    const links = linksOf(slotOf(key), layer)
    for (let line: usize = 0; line < width << 2; line += 64) touched |= load<u32>(links + line)
    store<u32>(lists + (beam << 2), links)
    beam++
  }
  for (let list: u32 = 0; list < beam; list++) {
    const links: usize = load<u32>(lists + (list << 2))
    for (let i: u32 = 0; i < width; i++) {
      const slot = load<u32>(links + (i << 2))
      if (slot == NONE) break
      const mark = visited + (slot << 1)
      store<u32>(gathered + (count << 2), slot)
      count += u32(load<u16>(mark) != epoch)
      store<u16>(mark, epoch)
    }
  }
  store<u32>(c, count, COUNT)
  if (count == 0) return first
  for (let i: u32 = 0; i < count; i++) {
    const at = codesAt + usize(load<u32>(gathered + (i << 2))) * stride
    for (let line: usize = 0; line < lines; line += 64) touched |= load<u32>(at + line)
  }
  store<u32>(c, touched, TOUCHED)
  // Whole fours.
  const last = load<u32>(gathered + ((count - 1) << 2))
  const end = gathered + (count << 2)
  store<u32>(end, last)
  store<u32>(end, last, 4)
  store<u32>(end, last, 8)
  return first
}

/** Nothing is kept that is not nearer than this. */
// @ts-ignore: decorator
@inline
function boundOf(c: usize, pool: usize, ef: u32): f32 {
  if (load<u32>(c, POOL_LIVE) < ef) return Infinity
  return unordered(<u32>(load<u64>(pool + ((load<u32>(c, POOL_SIZE) - 1) << 3)) >> 32))
}

/** Puts a slot into the pool if it is near enough; its place, or the size of the pool. */
function take(c: usize, pool: usize, ef: u32, distance: f32, slot: u32): u32 {
  let size = load<u32>(c, POOL_SIZE)
  let live = load<u32>(c, POOL_LIVE)
  const key = keyOf(distance, slot)
  const farthest = load<u64>(pool + ((size - 1) << 3))
  if (live >= ef && key >= farthest) return size
  if (size == poolFor(ef)) {
    // So many tombstones in the way that the pool is full: its farthest gives way.
    if (key >= farthest) return size
    size--
    live -= u32(isLiveKey(farthest))
  }
  const place = placeOf(pool, size, key)
  insertAt(pool, place, size, key)
  size++
  live += u32(isLiveKey(key))
  // What lies behind the ef-th live one goes.
  while (live >= ef) {
    const isLive = isLiveKey(load<u64>(pool + ((size - 1) << 3)))
    if (isLive && live == ef) break
    live -= u32(isLive)
    size--
  }
  store<u32>(c, live, POOL_LIVE)
  store<u32>(c, size, POOL_SIZE)
  return place
}

/** The key gets its place; what stands there and behind moves on by one, two keys at a time: there is room for one more in front of the first. */
// @ts-ignore: decorator
@inline
function insertAt(pool: usize, place: u32, size: u32, key: u64): void {
  const at = pool + (place << 3)
  let from = pool + (size << 3)
  for (; from >= at + 16; from -= 16) v128.store(from - 8, v128.load(from - 16))
  if (from > at) store<u64>(from, load<u64>(from - 8))
  store<u64>(at, key)
}

/** How many keys of the pool are smaller. */
// @ts-ignore: decorator
@inline
function placeOf(pool: usize, size: u32, key: u64): u32 {
  let low: u32 = 0
  for (let rest = size; rest > 0; ) {
    const half = (rest + 1) >> 1
    low = load<u64>(pool + ((low + half - 1) << 3)) < key ? low + half : low
    rest -= half
  }
  return low
}

/** The pool holds one slot. */
export function beginAt(c: usize, slot: u32): void {
  const pool: usize = load<u32>(c, POOL)
  const at = codesOf(slot)
  const distances = distances4(
    load<u32>(c, CODES),
    load<f32>(c, QUERY_SCALE),
    load<f32>(c, QUERY_NORM),
    at,
    at,
    at,
    at,
    word(CODE_BYTES),
    word(METRIC),
  )
  store<u64>(pool, keyOf(f32x4.extract_lane(distances, 0), slot))
  store<u32>(c, 1, POOL_SIZE)
  store<u32>(c, u32(isLiveKey(load<u64>(pool))), POOL_LIVE)
}

/** From the entry point down to `layer`, on each layer above it to the nearest node (ef = 1 in Algorithms 1 and 5): where the pool begins. */
export function descend(c: usize, entry: u32, layer: u32): void {
  const codes: usize = load<u32>(c, CODES)
  const scale = load<f32>(c, QUERY_SCALE)
  const norm = load<f32>(c, QUERY_NORM)
  const n = word(CODE_BYTES)
  const metric = word(METRIC)
  const width = widthOf(1)
  let at = entrySlot(entry)
  beginAt(c, at)
  const pool: usize = load<u32>(c, POOL)
  let best = load<u64>(pool)
  for (let lc = entryLevel(entry); lc > layer; lc--) {
    for (;;) {
      const links = linksOf(at, lc)
      const before = at
      for (let i: u32 = 0; i < width; i += 4) {
        const place = links + (i << 2)
        const s0 = load<u32>(place)
        if (s0 == NONE) break
        // Behind the end of a list stands anything: what comes after it is the first of the four once more.
        const s1 = i + 1 < width ? load<u32>(place, 4) : NONE
        const s2 = s1 != NONE && i + 2 < width ? load<u32>(place, 8) : NONE
        const s3 = s2 != NONE && i + 3 < width ? load<u32>(place, 12) : NONE
        const t1 = or(s1, s0)
        const t2 = or(s2, s0)
        const t3 = or(s3, s0)
        const distances = distances4(
          codes,
          scale,
          norm,
          codesOf(s0),
          codesOf(t1),
          codesOf(t2),
          codesOf(t3),
          n,
          metric,
        )
        best = min(best, keyOf(f32x4.extract_lane(distances, 0), s0))
        best = min(best, keyOf(f32x4.extract_lane(distances, 1), t1))
        best = min(best, keyOf(f32x4.extract_lane(distances, 2), t2))
        best = min(best, keyOf(f32x4.extract_lane(distances, 3), t3))
        if (s3 == NONE) break
      }
      at = slotOf(best)
      if (at == before) break
    }
  }
  store<u64>(pool, best)
  store<u32>(c, u32(isLiveKey(best)), POOL_LIVE)
}

// @ts-ignore: decorator
@inline
function or(slot: u32, instead: u32): u32 {
  return slot == NONE ? instead : slot
}
