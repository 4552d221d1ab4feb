import {
  ensureFound,
  ensurePool,
  FOUND,
  GATHERED,
  POOL,
  POOL_SIZE,
  QUERY_CENTRED,
  QUERY_SCALE,
  READER,
  RESULT,
  TOUCHED,
  VECTOR,
} from './context'
import { descend } from './descend'
import { dot, unordered } from './distance'
import { farthest, offer, sortFound } from './found'
import { hotSearch } from './hot'
import { isLiveKey, slotOf } from './key'
import {
  CENTRED,
  DIMENSIONS,
  ENTRY,
  HOT,
  HOT_COME,
  HOT_DONE,
  ID,
  IP,
  L2,
  LIVE,
  METRIC,
  MOST_CODED,
  NONE,
  places,
  RENEWED,
  SCALE,
  stateOfPlace,
  TWINS,
  tailOf,
  VECTOR_BYTES,
  VERSION,
  vectorOf,
  word,
} from './layout'
import { encode, encodeQuery } from './query'
import { beginRead, endRead } from './readers'
import { isOverrun, offerRenewed } from './renewed'
import { poolFor, searchLayer } from './search-layer'
import { touch } from './touch'

/** A search under which more rows were replaced than are noted is repeated so often at most. */
const TRIES = 3
/** Rows whose vectors are touched at once, at most. */
const AHEAD: u32 = 16

/**
 * Algorithm 5, K-NN-SEARCH, for the prepared query, beside a writer: the nearest `rerank` live nodes of those that layer 0 gave are measured again
 * in floats, with every node that is not linked yet; the nearest `k` of them are told (`tell`). ef is taken as at least k, rerank too.
 * How many were found, or NONE where memory ends.
 */
export function knnSearch(c: usize, k: u32, ef: u32, rerank: u32): u32 {
  const reader: usize = load<u32>(c, READER)
  beginRead(reader)
  let renewed = atomic.load<u32>(RENEWED)
  let found = search(c, k, max(ef, k), max(rerank, k), renewed)
  for (let i = 0; i < TRIES && isOverrun(renewed); i++) {
    renewed = atomic.load<u32>(RENEWED)
    found = search(c, k, max(ef, k), max(rerank, k), renewed)
  }
  if (found != NONE) {
    sortFound(c, k, found)
    tell(c, found)
  }
  endRead(reader)
  return found
}

/** While the centre moves there are few rows, and a scan is soon done. */
function search(c: usize, k: u32, ef: u32, rerank: u32, renewed: u32): u32 {
  const centred = atomic.load<u32>(CENTRED)
  let found: u32 = 0
  if ((centred & 1) == 0) {
    if (load<u32>(c, QUERY_CENTRED) != centred) encode(c)
    if (word(METRIC) == IP && centred != 0) encodeQuery(c)
    found = searchGraph(c, k, ef, rerank)
  }
  if ((centred & 1) != 0 || atomic.load<u32>(CENTRED) != centred)
    found = exactSearch(c, k, true, true)
  return found == NONE ? NONE : offerRenewed(c, k, found, renewed)
}

function searchGraph(c: usize, k: u32, ef: u32, rerank: u32): u32 {
  if (!ensurePool(c, poolFor(ef)) || !ensureFound(c, k)) return NONE
  const twins = atomic.load<u32>(TWINS)
  // Before the graph: what is linked meanwhile is found in one of them at least.
  const hot = atomic.load<u32>(HOT_DONE) != atomic.load<u32>(HOT_COME) ? hotSearch(c, k) : 0
  const entry = atomic.load<u32>(ENTRY)
  let found = hot
  if (entry != NONE) {
    if (!descend(c, entry, 0, ef) || !searchLayer(c, ef, 0)) return NONE
    // Where both rows of one id may have been met, each id is taken once; likewise where a node may have been met twice.
    const isQuiet = hot == 0 && (twins & 1) == 0 && atomic.load<u32>(TWINS) == twins
    found = measureAgain(c, k, rerank, hot, !isQuiet)
  }
  return found
}

function measureAgain(c: usize, k: u32, rerank: u32, hot: u32, once: bool): u32 {
  const pool: usize = load<u32>(c, POOL)
  const end = pool + (usize(load<u32>(c, POOL_SIZE)) << 3)
  const ahead: usize = load<u32>(c, GATHERED)
  const bytes: usize = word(VECTOR_BYTES)
  const metric = word(METRIC)
  const queryScale = load<f32>(c, QUERY_SCALE)
  const vector: usize = load<u32>(c, VECTOR)
  const length: f32 = metric == IP ? sqrt<f32>(dot(vector, vector, bytes)) : 0
  const root = sqrt<f32>(<f32>word(DIMENSIONS))
  let found = hot
  let measured: u32 = 0
  for (let at = pool; at < end && measured < rerank; ) {
    // The first k together, if they are not many: whom those that are behind can be held against is known then.
    const most: u32 = found < k ? min(k - found, AHEAD) : AHEAD
    let count: u32 = 0
    let touched: u32 = 0
    for (; at < end && measured < rerank && count < most; at += 8) {
      const key = load<u64>(at)
      if (!isLiveKey(key)) continue
      measured++
      const slot = slotOf(key)
      // One that is too far whatever its rounding hides need not be measured.
      const byCodes = unordered(<u32>(key >> 32))
      const least = leastOf(metric, byCodes, tailOf(slot), queryScale, length, root)
      if (least > farthest(c, k, found)) continue
      store<u32>(ahead + (usize(count) << 2), slot)
      touched |= touch(vectorOf(slot), bytes)
      count++
    }
    store<u32>(c, touched, TOUCHED)
    for (let i: u32 = 0; i < count; i++)
      found = offer(c, load<u32>(ahead + (usize(i) << 2)), k, found, once)
  }
  return found
}

/**
 * What the true distance is at least, given that by codes, the node's tail and the query's scale. Codes stand for points near the vectors: rounding
 * moves a component by half a step at most, a vector by √D / 2 steps, and, where roundings are independent, towards another point by eight
 * standard deviations of a step's uniform error (1/√12) in one case of 10¹⁵; the deviations of two such errors add up by squares. Under l2 and
 * cosine a distance is that of two points, under ip it has only the lengths of the vectors to go by: of the query's, and of the longest codes.
 */
// @ts-ignore: decorator
@inline
function leastOf(
  metric: u32,
  byCodes: f32,
  tail: usize,
  queryScale: f32,
  length: f32,
  root: f32,
): f32 {
  const scale = abs(load<f32>(tail, SCALE))
  const aside = (root / 2) * (scale + queryScale)
  if (metric == IP) {
    const towards = min<f32>(root / 2, 2.31)
    const most = scale * sqrt<f32>(<f32>word(MOST_CODED))
    return byCodes - towards * (scale * length + queryScale * most)
  }
  const towards = min<f32>(aside, 2.31 * sqrt<f32>(scale * scale + queryScale * queryScale))
  const squared = metric == L2 ? byCodes : 2 * byCodes
  const least = squared - 2 * sqrt<f32>(squared) * towards - aside * aside
  return metric == L2 ? least : least / 2
}

/** The k nearest live nodes, every one measured in floats, told. How many were found, or NONE where memory ends. */
export function exactKnn(c: usize, k: u32): u32 {
  const reader: usize = load<u32>(c, READER)
  beginRead(reader)
  let renewed = atomic.load<u32>(RENEWED)
  let found = scan(c, k, renewed)
  for (let i = 0; i < TRIES && isOverrun(renewed); i++) {
    renewed = atomic.load<u32>(RENEWED)
    found = scan(c, k, renewed)
  }
  if (found != NONE) {
    sortFound(c, k, found)
    tell(c, found)
  }
  endRead(reader)
  return found
}

function scan(c: usize, k: u32, renewed: u32): u32 {
  const twins = atomic.load<u32>(TWINS)
  let found = exactSearch(c, k, (twins & 1) != 0, true)
  // Written to meanwhile: each id once.
  if (found != NONE && atomic.load<u32>(TWINS) != twins) found = exactSearch(c, k, true, true)
  return found == NONE ? NONE : offerRenewed(c, k, found, renewed)
}

/** The same, left where it was found; with or without those that wait for their links. */
export function exactSearch(c: usize, k: u32, once: bool, withHot: bool): u32 {
  if (!ensureFound(c, k)) return NONE
  let found: u32 = 0
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    const state = stateOfPlace(slot)
    if (state == LIVE || (withHot && state == HOT)) found = offer(c, slot, k, found, once)
  }
  return found
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
