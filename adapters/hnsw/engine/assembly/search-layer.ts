import {
  BEAM,
  emptyVisited,
  GATHERED,
  LISTS,
  PLANES,
  POOL,
  POOL_CAPACITY,
  POOL_LIVE,
  POOL_SIZE,
  QUERY_METRIC,
  QUERY_NORM,
  QUERY_SCALE,
  ROUND,
  TOUCHED,
  VISITED,
  VISITED_CAPACITY,
} from './context'
import { distances4, unordered } from './distance'
import { EXPANDED, isAsFar, isLiveKey, keyAt, NEWEST, slotOf } from './key'
import {
  CHUNKS,
  CODE_BYTES,
  CODE_GAP,
  LINK_BYTES,
  LINK_GAP,
  LINKS_AT,
  linksOf,
  NONE,
  placeIn,
  SHIFT,
  STRIDE,
  widthOf,
  word,
} from './layout'
import { touch, touchParts } from './touch'

/** Room in the pool for so many live nodes, and as many tombstones beside each as a graph should ever hold. */
export function poolFor(ef: u32): u32 {
  return 8 * ef + 64
}

/**
 * Algorithm 2, SEARCH-LAYER. The pool holds what was found so far, sorted: those not expanded are C, the nearest `ef` live ones W.
 * Tombstones are walked through and stand in the pool, but are not counted. It begins with what the pool holds, and ends when all of it
 * is expanded: a candidate farther than the ef-th live one has left the pool, one as far has not. Of equally near slots those nearer to the origin come first. False
 * where memory ends.
 */
export function searchLayer(c: usize, ef: u32, layer: u32, origin: u32 = NEWEST): bool {
  if (!emptyVisited(c)) return false
  const pool: usize = load<u32>(c, POOL)
  const gathered: usize = load<u32>(c, GATHERED)
  const n: usize = word(CODE_BYTES)
  const planes: usize = load<u32>(c, PLANES)
  const scale = load<f32>(c, QUERY_SCALE)
  const norm = load<f32>(c, QUERY_NORM)
  const metric = load<u32>(c, QUERY_METRIC)
  const shift = word(SHIFT)
  const first: usize = word(CHUNKS)
  const gap: usize = word(CODE_GAP)
  const stride: usize = word(STRIDE)
  // The collection may grow under the search of a reader: what comes then has no place kept for it.
  const most = min(poolFor(ef), load<u32>(c, POOL_CAPACITY))

  // Of few that are wanted, fewer are expanded together: what a narrower beam would not have expanded is the larger part of the work.
  const beam = min(ef, BEAM)
  const lists: usize = load<u32>(c, LISTS)
  // Behind the lists: a lane that is not known before it runs is read from memory faster than chosen by branches.
  const lanes: usize = lists + 4 * BEAM

  beginAgain(c, origin)
  let size = load<u32>(c, POOL_SIZE)
  let live = load<u32>(c, POOL_LIVE)
  let bound: f32 = live < ef ? <f32>Infinity : distanceAt(pool, size - 1)
  // Nothing in the pool before this place is still to be expanded.
  let next: u32 = 0
  for (;;) {
    next = follow(c, pool, size, next, layer, beam, origin)
    if (load<u32>(lists) == 0) break
    const count = gather(c, layer)
    let nearest = size
    for (let i: u32 = 0; i < count; i += 4) {
      const at = gathered + (i << 2)
      const s0 = load<u32>(at)
      const s1 = load<u32>(at, 4)
      const s2 = load<u32>(at, 8)
      const s3 = load<u32>(at, 12)
      const c0 = placeIn(first, shift, gap, stride, s0)
      const c1 = placeIn(first, shift, gap, stride, s1)
      const c2 = placeIn(first, shift, gap, stride, s2)
      const c3 = placeIn(first, shift, gap, stride, s3)
      const distances = distances4(planes, scale, norm, c0, c1, c2, c3, n, metric)
      let near = i32x4.bitmask(f32x4.lt(distances, f32x4.splat(bound)))
      // What fills the last four up is not taken.
      if (count - i < 4) near &= (1 << (count - i)) - 1
      if (near == 0) continue
      v128.store(lanes, distances)
      for (; near != 0; near &= near - 1) {
        const lane = ctz(near)
        const distance = load<f32>(lanes + (lane << 2))
        const slot = load<u32>(at + (lane << 2))
        const key = keyAt(distance, slot, placeIn(first, shift, gap, stride, slot) + n, origin)
        if (live >= ef && key >= keyIn(pool, size - 1)) continue
        if (size == most) {
          // So many tombstones in the way that the pool is full: its farthest gives way.
          const farthest = keyIn(pool, size - 1)
          if (key >= farthest) continue
          size--
          live -= u32(isLiveKey(farthest))
        }
        const place = placeOf(pool, size, key)
        insertAt(pool, place, size, key)
        size++
        live += u32(isLiveKey(key))
        nearest = min(nearest, place)
        if (live < ef) continue
        // What is farther than the ef-th live one goes. Where all are equally far, what is behind it: the slots nearer to the origin are looked for.
        let last = keyIn(pool, size - 1)
        let isLevel = live == ef && isAsFar(last, keyIn(pool, 0))
        while (live > ef || !isLiveKey(last)) {
          if (live > ef && isAsFar(last, keyIn(pool, ef - 1 + size - live))) {
            isLevel = isAsFar(last, keyIn(pool, 0))
            if (!isLevel) break
          }
          live -= u32(isLiveKey(last))
          size--
          last = keyIn(pool, size - 1)
        }
        bound = unordered(<u32>(last >> 32) + u32(isLevel))
      }
    }
    next = min(next, nearest)
  }
  store<u32>(c, size, POOL_SIZE)
  store<u32>(c, live, POOL_LIVE)
  return true
}

// @ts-ignore: decorator
@inline
function keyIn(pool: usize, place: u32): u64 {
  return load<u64>(pool + (usize(place) << 3))
}

// @ts-ignore: decorator
@inline
function distanceAt(pool: usize, place: u32): f32 {
  return unordered(<u32>(keyIn(pool, place) >> 32))
}

/** What the pool holds is visited, and nothing of it expanded. */
function beginAgain(c: usize, origin: u32): void {
  const pool: usize = load<u32>(c, POOL)
  const visited: usize = load<u32>(c, VISITED)
  const round = <u16>load<u32>(c, ROUND)
  const end = pool + (load<u32>(c, POOL_SIZE) << 3)
  for (let at = pool; at < end; at += 8) {
    const key = load<u64>(at) & ~EXPANDED
    store<u64>(at, key)
    store<u16>(visited + (slotOf(key, origin) << 1), round)
  }
}

/**
 * Takes the nearest candidates, `most` of them, from place `next` of the pool on, for expanded, and touches their lists of links: every line before the
 * first is needed. Its lists are ended by 0. The place behind the last of them.
 */
// @ts-ignore: decorator
@inline
function follow(
  c: usize,
  pool: usize,
  size: u32,
  next: u32,
  layer: u32,
  most: u32,
  origin: u32,
): u32 {
  const lists: usize = load<u32>(c, LISTS)
  const first = word(CHUNKS) + word(LINKS_AT)
  const shift = word(SHIFT)
  const gap: usize = word(LINK_GAP)
  const bytes: usize = word(LINK_BYTES)
  const width: usize = widthOf(layer) << 2
  let beam: u32 = 0
  let touched: u32 = 0
  for (; next < size && beam < most; next++) {
    const at = pool + (usize(next) << 3)
    const key = load<u64>(at)
    if (key & EXPANDED) continue
    store<u64>(at, key | EXPANDED)
    const slot = slotOf(key, origin)
    const links = layer == 0 ? placeIn(first, shift, gap, bytes, slot) : linksOf(slot, layer)
    touched |= touch(links, width)
    store<u32>(lists + (usize(beam) << 2), <u32>links)
    beam++
  }
  for (let i = beam; i < BEAM; i++) store<u32>(lists + (usize(i) << 2), 0)
  store<u32>(c, touched, TOUCHED)
  return next
}

/** Gathers what the lists hold that was not visited yet, and touches its codes. How many they are; what they are is filled up to whole fours. */
// @ts-ignore: decorator
@inline
function gather(c: usize, layer: u32): u32 {
  const visited: usize = load<u32>(c, VISITED)
  // A place that is newer than this search has no mark to make.
  const marks = load<u32>(c, VISITED_CAPACITY)
  const round = <u16>load<u32>(c, ROUND)
  const gathered: usize = load<u32>(c, GATHERED)
  const lists: usize = load<u32>(c, LISTS)
  const width: usize = widthOf(layer) << 2
  const first: usize = word(CHUNKS)
  const shift = word(SHIFT)
  const gap: usize = word(CODE_GAP)
  const stride: usize = word(STRIDE)
  let count: u32 = 0
  for (let list: u32 = 0; list < BEAM; list++) {
    const links: usize = load<u32>(lists + (usize(list) << 2))
    if (links == 0) break
    for (let at = links; at < links + width; at += 4) {
      const slot = load<u32>(at)
      // NONE is beyond every capacity.
      if (slot >= marks) {
        if (slot == NONE) break
        continue
      }
      const mark = visited + (usize(slot) << 1)
      store<u32>(gathered + (usize(count) << 2), slot)
      count += u32(load<u16>(mark) != round)
      store<u16>(mark, round)
    }
  }
  if (count == 0) return 0
  const end = gathered + (usize(count) << 2)
  store<u32>(c, touchParts(gathered, end, 4, first, shift, gap, stride), TOUCHED)
  const last = load<u32>(end - 4)
  store<u32>(end, last)
  store<u32>(end, last, 4)
  store<u32>(end, last, 8)
  return count
}

/** The key gets its place; what stands there and behind moves on by one, two keys at a time: there is room for one more in front of the first. */
// @ts-ignore: decorator
@inline
function insertAt(pool: usize, place: u32, size: u32, key: u64): void {
  const at = pool + (usize(place) << 3)
  let from = pool + (usize(size) << 3)
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
    low = keyIn(pool, low + half - 1) < key ? low + half : low
    rest -= half
  }
  return low
}
