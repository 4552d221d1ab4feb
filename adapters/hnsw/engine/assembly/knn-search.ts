import { ensureFound, ensurePool, FOUND, POOL, POOL_SIZE, VECTOR } from './context'
import { distance } from './distance'
import {
  BLOCK_BYTES,
  BLOCKS,
  ENTRY,
  LIVE,
  METRIC,
  NONE,
  stateOf,
  USED,
  VECTOR_AT,
  VECTOR_BYTES,
  word,
} from './layout'
import { descend, isLiveKey, poolFor, searchLayer, slotOf } from './search-layer'

/**
 * Algorithm 5, K-NN-SEARCH, for the prepared query: the nearest `rerank` live nodes of those that layer 0 gave are measured again in floats, the
 * nearest `k` of them are found. ef is taken as at least k, rerank too. How many were found, or NONE where memory ends.
 */
export function knnSearch(c: usize, k: u32, ef: u32, rerank: u32): u32 {
  const entry = word(ENTRY)
  if (entry == NONE || k == 0) return 0
  const wanted = max(ef, k)
  if (!ensurePool(c, poolFor(wanted)) || !ensureFound(c, k)) return NONE
  descend(c, entry, 0)
  if (!searchLayer(c, wanted, 0)) return NONE
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  let found: u32 = 0
  let measured: u32 = 0
  for (let i: u32 = 0; i < size && measured < max(rerank, k); i++) {
    const key = load<u64>(pool + (i << 3))
    // A row that was deleted while the search was under way is not found either.
    if (!isLiveKey(key) || stateOf(slotOf(key)) != LIVE) continue
    measured++
    found = offer(c, slotOf(key), k, found)
  }
  return found
}

/** The k nearest live nodes, every one measured in floats. How many were found, or NONE where memory ends. */
export function exactSearch(c: usize, k: u32): u32 {
  if (!ensureFound(c, k)) return NONE
  let found: u32 = 0
  const used = word(USED)
  for (let slot: u32 = 0; slot < used; slot++) {
    if (stateOf(slot) == LIVE) found = offer(c, slot, k, found)
  }
  return found
}

/** Puts a node into its place among the nearest k found, by distance, then by slot. */
function offer(c: usize, slot: u32, k: u32, found: u32): u32 {
  const at: usize = load<u32>(c, FOUND)
  const stored = BLOCKS + usize(slot) * word(BLOCK_BYTES) + word(VECTOR_AT)
  const d = distance(load<u32>(c, VECTOR), stored, word(VECTOR_BYTES), word(METRIC))
  if (found == k && d >= load<f32>(at + ((k - 1) << 3), 4)) return found
  let low: u32 = 0
  let high = found
  while (low < high) {
    const middle = (low + high) >> 1
    if (load<f32>(at + (middle << 3), 4) <= d) low = middle + 1
    else high = middle
  }
  const size = found < k ? found + 1 : k
  memory.copy(at + ((low + 1) << 3), at + (low << 3), (size - 1 - low) << 3)
  store<u32>(at + (low << 3), slot)
  store<f32>(at + (low << 3), d, 4)
  return size
}
