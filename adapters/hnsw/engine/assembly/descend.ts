import {
  PLANES,
  POOL,
  POOL_LIVE,
  POOL_SIZE,
  QUERY_METRIC,
  QUERY_NORM,
  QUERY_SCALE,
  TOUCHED,
} from './context'
import { distances4 } from './distance'
import { isLiveKey, keyOf, NEWEST, slotOf } from './key'
import {
  CODE_BYTES,
  codesOf,
  entryLevel,
  entrySlot,
  linksOf,
  NONE,
  STRIDE,
  widthOf,
  word,
} from './layout'
import { touch } from './touch'

/** From the entry point down to `layer`, on each layer above it to the nearest node (ef = 1 in Algorithms 1 and 5): where the pool begins. */
export function descend(c: usize, entry: u32, layer: u32, origin: u32 = NEWEST): void {
  const planes: usize = load<u32>(c, PLANES)
  const scale = load<f32>(c, QUERY_SCALE)
  const norm = load<f32>(c, QUERY_NORM)
  const n = word(CODE_BYTES)
  const metric = load<u32>(c, QUERY_METRIC)
  const width = widthOf(1)
  let at = entrySlot(entry)
  let best = keyFrom(c, at, origin)
  for (let lc = entryLevel(entry); lc > layer; lc--) {
    for (;;) {
      const links = linksOf(at, lc)
      const before = at
      touchCodes(c, links, width)
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
          planes,
          scale,
          norm,
          codesOf(s0),
          codesOf(t1),
          codesOf(t2),
          codesOf(t3),
          n,
          metric,
        )
        best = min(best, keyOf(f32x4.extract_lane(distances, 0), s0, origin))
        best = min(best, keyOf(f32x4.extract_lane(distances, 1), t1, origin))
        best = min(best, keyOf(f32x4.extract_lane(distances, 2), t2, origin))
        best = min(best, keyOf(f32x4.extract_lane(distances, 3), t3, origin))
        if (s3 == NONE) break
      }
      at = slotOf(best, origin)
      if (at == before) break
    }
  }
  store<u64>(load<u32>(c, POOL), best)
  store<u32>(c, 1, POOL_SIZE)
  store<u32>(c, u32(isLiveKey(best)), POOL_LIVE)
}

/** Every line of the codes that a list leads to is asked for before the first is needed. */
// @ts-ignore: decorator
@inline
function touchCodes(c: usize, links: usize, width: u32): void {
  const stride: usize = word(STRIDE)
  let touched: u32 = 0
  for (let i: u32 = 0; i < width; i++) {
    const slot = load<u32>(links + (i << 2))
    if (slot == NONE) break
    touched |= touch(codesOf(slot), stride)
  }
  store<u32>(c, touched, TOUCHED)
}

function keyFrom(c: usize, slot: u32, origin: u32): u64 {
  const at = codesOf(slot)
  const distances = distances4(
    load<u32>(c, PLANES),
    load<f32>(c, QUERY_SCALE),
    load<f32>(c, QUERY_NORM),
    at,
    at,
    at,
    at,
    word(CODE_BYTES),
    load<u32>(c, QUERY_METRIC),
  )
  return keyOf(f32x4.extract_lane(distances, 0), slot, origin)
}

// @ts-ignore: decorator
@inline
function or(slot: u32, instead: u32): u32 {
  return slot == NONE ? instead : slot
}
