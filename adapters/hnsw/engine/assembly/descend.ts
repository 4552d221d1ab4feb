import { PLANES, POOL, POOL_LIVE, POOL_SIZE, QUERY_METRIC, QUERY_NORM, QUERY_SCALE } from './context'
import { distances4 } from './distance'
import { isLiveKey, keyOf, NEWEST } from './key'
import { CODE_BYTES, codesOf, entryLevel, entrySlot, word } from './layout'
import { searchLayer } from './search-layer'

/** Nodes that the way down keeps on a layer, at least, and as an insert needs them. */
export const KEPT: u32 = 2

/**
 * From the entry point down to `layer`, to the nearest nodes of each layer above it: where the pool begins. Algorithms 1 and 5 keep one node there
 * (ef = 1); this keeps two, and a thirty-second of a wide `ef`. Among clusters that lie apart the one nearest may be of the wrong cluster with no
 * better one beside it, and all that is found below is of that cluster then: a query misses every neighbour, a row is linked to strangers.
 * False where memory ends.
 */
export function descend(c: usize, entry: u32, layer: u32, ef: u32, origin: u32 = NEWEST): bool {
  const slot = entrySlot(entry)
  const key = keyOf(distanceTo(c, slot), slot, origin)
  store<u64>(load<u32>(c, POOL), key)
  store<u32>(c, 1, POOL_SIZE)
  store<u32>(c, u32(isLiveKey(key)), POOL_LIVE)
  const kept = max(min(ef, KEPT), ef >> 5)
  for (let lc = entryLevel(entry); lc > layer; lc--)
    if (!searchLayer(c, kept, lc, origin)) return false
  return true
}

/** From the prepared query, by codes. */
export function distanceTo(c: usize, slot: u32): f32 {
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
  return f32x4.extract_lane(distances, 0)
}
