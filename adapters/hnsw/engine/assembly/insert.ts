import { rankFrom } from './choice'
import { giveNode, giveUpper, takeNode, takeUpper } from './chunks'
import { CHOICE, CHOSEN, ensureFound, ensurePool, FOUND, POOL, POOL_SIZE, TOUCHED } from './context'
import { descend, KEPT } from './descend'
import { isLiveKey, keyOf, slotOf } from './key'
import { exactSearch } from './knn-search'
import {
  EF_CONSTRUCTION,
  ENTRY,
  entryLevel,
  fence,
  ID,
  LIVE,
  linksOf,
  M,
  NONE,
  STORED,
  setEntry,
  setState,
  tailOf,
  upperOf,
  VERSION,
  widthOf,
  word,
} from './layout'
import { isOutdone } from './outdone'
import { storeVector } from './query'
import { poolFor, searchLayer } from './search-layer'
import { selectNeighbors } from './select-neighbors'
import { touch } from './touch'

/**
 * Algorithm 1, INSERT, for a stored node whose vector is the prepared query: links it, and it is live. False where memory ends, and nothing
 * has changed.
 */
export function link(c: usize, q: u32, level: u32): bool {
  if (!ensurePool(c, poolFor(word(EF_CONSTRUCTION))) || !ensureFound(c, word(M))) return false
  const entry = word(ENTRY)
  if (entry == NONE) {
    setState(q, LIVE, level)
    fence()
    setEntry(q, level)
    return true
  }
  const L = entryLevel(entry)
  let isAlone = false
  const most = word(EF_CONSTRUCTION)
  if (!descend(c, entry, min(level, L), KEPT, q)) return false
  for (let lc: i32 = min(level, L); lc >= 0; lc--) {
    if (!searchLayer(c, most, lc, q)) return false
    const count = choose(c, q, <u32>lc)
    setLinks(q, lc, c, count)
    isAlone = lc == 0 && count == 0
  }
  setState(q, LIVE, level)
  // Whole now, for every thread: only from here on does a link lead to it.
  fence()
  for (let lc: i32 = min(level, L); lc > 0; lc--) linkBack(c, q, lc)
  if (!linkBack(c, q, 0) && !isOutdone(c, q)) leadTo(c, q)
  // Where no other node lives, it is where every search enters.
  if (level > L || isAlone) setEntry(q, level)
  return true
}

/** Stores the prepared query as a node without links, not to be seen yet: its slot, or NONE where memory ends. */
export function storeNode(c: usize, id: u32, version: i32, level: u32): u32 {
  const q = takeNode()
  if (q == NONE) return NONE
  const upper = level > 0 ? takeUpper(level) : 0
  if (level > 0 && upper == 0) {
    giveNode(q)
    return NONE
  }
  storeVector(c, q)
  setState(q, STORED, level)
  const tail = tailOf(q)
  store<u32>(tail, id, ID)
  store<i32>(tail, version, VERSION)
  store<u32>(upperOf(q), upper)
  for (let lc: u32 = 0; lc <= level; lc++) store<u32>(linksOf(q, lc), NONE)
  // Stored whole before any state or link lets it be seen.
  fence()
  return q
}

/** A node's place, and its lists above layer 0, are free again. */
export function unstore(slot: u32, level: u32): void {
  if (level > 0) giveUpper(load<u32>(upperOf(slot)), level)
  giveNode(slot)
}

/** Chooses M neighbours among the live nodes of the pool; where it holds none, on layer 0, among all live nodes but q. */
function choose(c: usize, q: u32, layer: u32): u32 {
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
    // Tombstones all around: every row that is linked is measured.
    const found = exactSearch(c, word(M), false, false)
    const at: usize = load<u32>(c, FOUND)
    for (let i: u32 = 0; i < found; i++) {
      const slot = load<u32>(at + (i << 3))
      const key = keyOf(load<f32>(at + (i << 3), 4), slot, q)
      store<u64>(choice + (count << 3), key)
      count += u32(slot != q && isLiveKey(key))
    }
  }
  return selectNeighbors(c, count, word(M), 1, 0, q)
}

/** The chosen become the links of a node; the end of a list is written before what stands before it. */
export function setLinks(slot: u32, layer: u32, c: usize, count: u32): void {
  const links = linksOf(slot, layer)
  if (count < widthOf(layer)) store<u32>(links + (count << 2), NONE)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = count; i > 0; i--)
    store<u32>(links + ((i - 1) << 2), load<u32>(chosen + ((i - 1) << 2)))
}

/** Every neighbour of q gets a link to q; one whose list is full chooses anew. Is there one that has chosen q? */
function linkBack(c: usize, q: u32, layer: u32): bool {
  const links = linksOf(q, layer)
  const width = widthOf(layer)
  let touched: u32 = 0
  for (let i: u32 = 0; i < width; i++) {
    const e = load<u32>(links + (i << 2))
    if (e == NONE) break
    touched |= touch(linksOf(e, layer), width << 2)
  }
  store<u32>(c, touched, TOUCHED)
  let isChosen = false
  for (let i: u32 = 0; i < width; i++) {
    const e = load<u32>(links + (i << 2))
    if (e == NONE) break
    if (append(e, layer, q) || shrink(c, e, layer, q)) isChosen = true
  }
  return isChosen
}

/**
 * Gives q, which none of its neighbours has chosen, a link from the nearest node of the pool that has a place. So it is where one node near
 * the middle of a cluster is every row's only choice, and has no place for all of them.
 */
function leadTo(c: usize, q: u32): void {
  const pool: usize = load<u32>(c, POOL)
  const end = pool + (usize(load<u32>(c, POOL_SIZE)) << 3)
  for (let at = pool; at < end; at += 8) {
    const key = load<u64>(at)
    if (isLiveKey(key) && append(slotOf(key, q), 0, q)) return
  }
}

/** A link more, if there is a place for it. */
export function append(slot: u32, layer: u32, node: u32): bool {
  const links = linksOf(slot, layer)
  const width = widthOf(layer)
  for (let i: u32 = 0; i < width; i++) {
    const at = links + (i << 2)
    if (load<u32>(at) != NONE) continue
    if (i + 1 < width) store<u32>(at, NONE, 4)
    store<u32>(at, node)
    return true
  }
  return false
}

/** The same for a node that may have the link already, as a new one has not. Is it there then? */
export function appendOnce(slot: u32, layer: u32, node: u32): bool {
  const links = linksOf(slot, layer)
  const width = widthOf(layer)
  for (let i: u32 = 0; i < width; i++) {
    const link = load<u32>(links + (i << 2))
    if (link == node) return true
    if (link == NONE) break
  }
  return append(slot, layer, node)
}

/** Algorithm 1, lines 14–16: eConn and the new link, as many as the list holds. Is the new one among them? */
function shrink(c: usize, e: u32, layer: u32, q: u32): bool {
  const links = linksOf(e, layer)
  const width = widthOf(layer)
  const choice: usize = load<u32>(c, CHOICE)
  for (let i: u32 = 0; i < width; i++) store<u64>(choice + (i << 3), load<u32>(links + (i << 2)))
  store<u64>(choice + (width << 3), q)
  rankFrom(c, e, width + 1, e)
  const count = selectNeighbors(c, width + 1, width, 1, 0, e)
  setLinks(e, layer, c, count)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = 0; i < count; i++) if (load<u32>(chosen + (i << 2)) == q) return true
  return false
}
