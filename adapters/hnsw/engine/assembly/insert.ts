import { giveBlock, giveUpper, takeBlock, takeUpper } from './blocks'
import { rankFrom } from './choice'
import { CHOICE, CHOSEN, ensureFound, ensurePool, FOUND, POOL, POOL_SIZE } from './context'
import { exactSearch } from './knn-search'
import {
  EF_CONSTRUCTION,
  ENTRY,
  entryLevel,
  ID,
  LIVE,
  linksOf,
  M,
  NONE,
  STORAGE,
  setEntry,
  setState,
  tailOf,
  UPPER,
  VERSION,
  widthOf,
  word,
} from './layout'
import { storeVector } from './query'
import { descend, isLiveKey, keyOf, poolFor, searchLayer } from './search-layer'
import { selectNeighbors } from './select-neighbors'

/**
 * Algorithm 1, INSERT: stores the prepared query as a node of `level` and links it. The node's slot, or NONE where memory ends, and nothing has
 * changed.
 */
export function insertNode(c: usize, id: u32, version: i32, level: u32): u32 {
  if (!ensurePool(c, poolFor(word(EF_CONSTRUCTION))) || !ensureFound(c, word(M))) return NONE
  const q = storeNode(c, id, version, level)
  if (q == NONE) return NONE
  const entry = word(ENTRY)
  if (entry == NONE) {
    setState(q, LIVE, level)
    setEntry(q, level)
    return q
  }
  const L = entryLevel(entry)
  let isAlone = false
  descend(c, entry, min(level, L))
  for (let lc: i32 = min(level, L); lc >= 0; lc--) {
    if (!searchLayer(c, word(EF_CONSTRUCTION), lc)) {
      giveNode(q, level)
      return NONE
    }
    const count = choose(c, <u32>lc)
    setLinks(q, lc, c, count)
    isAlone = lc == 0 && count == 0
  }
  // Whole now: only from here on does a link lead to it.
  setState(q, LIVE, level)
  for (let lc: i32 = min(level, L); lc >= 0; lc--) linkBack(c, q, lc)
  // Where no other node lives, it is where every search enters.
  if (level > L || isAlone) setEntry(q, level)
  return q
}

/** Stores the prepared query as a row without links, live at once: for an index that is no graph. */
export function storeRow(c: usize, id: u32, version: i32): u32 {
  const q = storeNode(c, id, version, 0)
  if (q != NONE) setState(q, LIVE, 0)
  return q
}

/** A node without links, not to be seen yet. */
function storeNode(c: usize, id: u32, version: i32, level: u32): u32 {
  const q = takeBlock()
  if (q == NONE) return NONE
  const upper = level > 0 ? takeUpper(level) : 0
  if (level > 0 && upper == 0) {
    giveBlock(q)
    return NONE
  }
  setState(q, STORAGE, level)
  storeVector(c, q)
  const tail = tailOf(q)
  store<u32>(tail, id, ID)
  store<i32>(tail, version, VERSION)
  store<u32>(tail, upper, UPPER)
  for (let lc: u32 = 0; lc <= level; lc++) store<u32>(linksOf(q, lc), NONE)
  return q
}

/** A node's block, and its lists above layer 0, are free again. */
export function giveNode(slot: u32, level: u32): void {
  if (level > 0) giveUpper(load<u32>(tailOf(slot), UPPER), level)
  giveBlock(slot)
}

/** Chooses M neighbours among the live nodes of the pool; where it holds none, on layer 0, among all live nodes. */
function choose(c: usize, layer: u32): u32 {
  const pool: usize = load<u32>(c, POOL)
  const choice: usize = load<u32>(c, CHOICE)
  const size = load<u32>(c, POOL_SIZE)
  let count: u32 = 0
  for (let i: u32 = 0; i < size; i++) {
    const key = load<u64>(pool + (i << 3))
    store<u64>(choice + (count << 3), key)
    count += u32(isLiveKey(key))
  }
  if (count == 0 && layer == 0) {
    // Tombstones all around: every row is measured.
    count = exactSearch(c, word(M))
    const found: usize = load<u32>(c, FOUND)
    for (let i: u32 = 0; i < count; i++) {
      const at = found + (i << 3)
      store<u64>(choice + (i << 3), keyOf(load<f32>(at, 4), load<u32>(at)))
    }
  }
  return selectNeighbors(c, count, word(M), 1)
}

/** The chosen become the links of a node; the end of a list is written before what stands before it. */
export function setLinks(slot: u32, layer: u32, c: usize, count: u32): void {
  const links = linksOf(slot, layer)
  if (count < widthOf(layer)) store<u32>(links + (count << 2), NONE)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = count; i > 0; i--)
    store<u32>(links + ((i - 1) << 2), load<u32>(chosen + ((i - 1) << 2)))
}

/** Every neighbour of q gets a link to q; one whose list is full chooses anew. */
function linkBack(c: usize, q: u32, layer: u32): void {
  const links = linksOf(q, layer)
  const width = widthOf(layer)
  for (let i: u32 = 0; i < width; i++) {
    const e = load<u32>(links + (i << 2))
    if (e == NONE) return
    if (!append(e, layer, q)) shrink(c, e, layer, q)
  }
}

/** A link more, if there is a place for it. */
export function append(slot: u32, layer: u32, link: u32): bool {
  const links = linksOf(slot, layer)
  const width = widthOf(layer)
  for (let i: u32 = 0; i < width; i++) {
    const at = links + (i << 2)
    if (load<u32>(at) != NONE) continue
    if (i + 1 < width) store<u32>(at, NONE, 4)
    store<u32>(at, link)
    return true
  }
  return false
}

/** Algorithm 1, lines 14–16: eConn and the new link, as many as the list holds. */
function shrink(c: usize, e: u32, layer: u32, q: u32): void {
  const links = linksOf(e, layer)
  const width = widthOf(layer)
  const choice: usize = load<u32>(c, CHOICE)
  for (let i: u32 = 0; i < width; i++) store<u64>(choice + (i << 3), load<u32>(links + (i << 2)))
  store<u64>(choice + (width << 3), q)
  rankFrom(c, e, width + 1)
  setLinks(e, layer, c, selectNeighbors(c, width + 1, width, 1))
}
