import {
  ensureFound,
  ensurePool,
  FOUND,
  GATHERED,
  POOL,
  POOL_SIZE,
  QUERY_SCALE,
  READER,
  RESULT,
  TOUCHED,
  VECTOR,
} from './context'
import { descend } from './descend'
import { distance, unordered } from './distance'
import { hotSearch } from './hot'
import {
  DIMENSIONS,
  ENTRY,
  HOT_COME,
  HOT_DONE,
  ID,
  isFindable,
  L2,
  METRIC,
  NONE,
  places,
  SCALE,
  stateOfPlace,
  TWINS,
  tailOf,
  VECTOR_BYTES,
  VERSION,
  vectorOf,
  word,
} from './layout'
import { square } from './query'
import { beginRead, endRead } from './readers'
import { isLiveKey, poolFor, searchLayer, slotOf } from './search-layer'

/**
 * Algorithm 5, K-NN-SEARCH, for the prepared query, beside a writer: the nearest `rerank` live nodes of those that layer 0 gave are measured again
 * in floats, with every node that is not linked yet; the nearest `k` of them are told (`tell`). ef is taken as at least k, rerank too.
 * How many were found, or NONE where memory ends.
 */
export function knnSearch(c: usize, k: u32, ef: u32, rerank: u32): u32 {
  const reader: usize = load<u32>(c, READER)
  beginRead(reader)
  const found = search(c, k, max(ef, k), max(rerank, k))
  if (found != NONE) tell(c, found)
  endRead(reader)
  return found
}

function search(c: usize, k: u32, ef: u32, rerank: u32): u32 {
  if (!ensurePool(c, poolFor(ef)) || !ensureFound(c, k)) return NONE
  const twins = atomic.load<u32>(TWINS)
  // Before the graph: what is linked meanwhile is found in one of them at least.
  const hot = atomic.load<u32>(HOT_COME) != atomic.load<u32>(HOT_DONE) ? hotSearch(c, k) : 0
  const entry = atomic.load<u32>(ENTRY)
  if (entry == NONE) return hot
  descend(c, entry, 0)
  if (!searchLayer(c, ef, 0)) return NONE
  // Where both rows of one id may have been met, each id is taken once; likewise where a node may have been met twice.
  const isQuiet = hot == 0 && (twins & 1) == 0 && atomic.load<u32>(TWINS) == twins
  return measureAgain(c, k, rerank, hot, !isQuiet)
}

function measureAgain(c: usize, k: u32, rerank: u32, hot: u32, once: bool): u32 {
  const pool: usize = load<u32>(c, POOL)
  const end = pool + (usize(load<u32>(c, POOL_SIZE)) << 3)
  const ahead: usize = load<u32>(c, GATHERED)
  const bytes: usize = word(VECTOR_BYTES)
  const worst: usize = load<u32>(c, FOUND) + ((k - 1) << 3)
  const slack = slackOf(c)
  let found = hot
  let measured: u32 = 0
  for (let at = pool; at < end && measured < rerank; ) {
    let count: u32 = 0
    let touched: u32 = 0
    for (; at < end && measured < rerank && count < 8; at += 8) {
      const key = load<u64>(at)
      if (!isLiveKey(key)) continue
      measured++
      const slot = slotOf(key)
      // One that is too far whatever its rounding hides need not be measured.
      const rounding = slack * abs(load<f32>(tailOf(slot), SCALE))
      if (found == k && unordered(<u32>(key >> 32)) - rounding > load<f32>(worst, 4)) continue
      store<u32>(ahead + (usize(count) << 2), slot)
      const vector = vectorOf(slot)
      for (let line: usize = 0; line < bytes; line += 64) touched |= load<u32>(vector + line)
      count++
    }
    store<u32>(c, touched, TOUCHED)
    for (let i: u32 = 0; i < count; i++)
      found = offer(c, load<u32>(ahead + (usize(i) << 2)), k, found, once)
  }
  return found
}

/**
 * How far a distance by codes may be from the true one, for each unit of the node's scale. Rounding moves a component by half a step at
 * most, a product by the length of the other vector times √D / 2 steps; and, where roundings are independent, by eight standard
 * deviations of a step's uniform error (1/√12) in one case of 10¹⁵.
 */
function slackOf(c: usize): f32 {
  const root = sqrt<f32>(<f32>word(DIMENSIONS))
  const query: usize = load<u32>(c, VECTOR)
  const length = sqrt<f32>(square(query, word(VECTOR_BYTES)))
  const steps = length + 127 * root * load<f32>(c, QUERY_SCALE)
  const product = min<f32>(root / 2, 2.31) * steps
  return word(METRIC) == L2 ? 2 * product : product
}

/** The k nearest live nodes, every one measured in floats, told. How many were found, or NONE where memory ends. */
export function exactKnn(c: usize, k: u32): u32 {
  const reader: usize = load<u32>(c, READER)
  beginRead(reader)
  const twins = atomic.load<u32>(TWINS)
  let found = exactSearch(c, k, (twins & 1) != 0)
  if (atomic.load<u32>(TWINS) != twins) found = exactSearch(c, k, true)
  if (found != NONE) tell(c, found)
  endRead(reader)
  return found
}

/** The same, left where it was found. */
export function exactSearch(c: usize, k: u32, once: bool): u32 {
  if (!ensureFound(c, k)) return NONE
  let found: u32 = 0
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    if (isFindable(stateOfPlace(slot))) found = offer(c, slot, k, found, once)
  }
  return found
}

/** Puts a node into its place among the nearest k found, by distance, then by slot; of one id only the first, if `once`. */
export function offer(c: usize, slot: u32, k: u32, found: u32, once: bool): u32 {
  if (k == 0) return 0
  const at: usize = load<u32>(c, FOUND)
  const d = distance(load<u32>(c, VECTOR), vectorOf(slot), word(VECTOR_BYTES), word(METRIC))
  if (found == k && d >= load<f32>(at + ((k - 1) << 3), 4)) return found
  if (once && isFound(at, found, load<u32>(tailOf(slot), ID))) return found
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

function isFound(at: usize, found: u32, id: u32): bool {
  for (let i: u32 = 0; i < found; i++) {
    if (load<u32>(tailOf(load<u32>(at + (i << 3))), ID) == id) return true
  }
  return false
}

/** The first `count` found, as their ids, then their versions (i32), then their distances (f32), where RESULT leads. */
export function tell(c: usize, count: u32): void {
  const found: usize = load<u32>(c, FOUND)
  const into: usize = load<u32>(c, RESULT)
  for (let i: u32 = 0; i < count; i++) {
    const pair = found + (i << 3)
    const tail = tailOf(load<u32>(pair))
    const at = into + (i << 2)
    store<u32>(at, load<u32>(tail, ID))
    store<u32>(at + (count << 2), load<u32>(tail, VERSION))
    store<f32>(at + (count << 3), load<f32>(pair, 4))
  }
}
