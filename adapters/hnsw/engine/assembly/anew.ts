import { rankFrom } from './choice'
import {
  AWRY,
  CHOICE,
  CHOSEN,
  emptyVisited,
  ensurePool,
  NEWS,
  POOL,
  POOL_LIVE,
  POOL_SIZE,
  see,
} from './context'
import { descend, KEPT } from './descend'
import { appendOnce, setLinks } from './insert'
import { isLiveKey, keyOf, slotOf } from './key'
import { EF_CONSTRUCTION, ENTRY, linksOf, NONE, widthOf, word } from './layout'
import { queryOfVector } from './query'
import { poolFor, searchLayer } from './search-layer'
import { selectNeighbors } from './select-neighbors'

/** Live nodes that the first search looks for. */
const FIRST: u32 = 32
/** Nodes that are looked at closely after one whose search found news. */
const ALERT: u32 = 32
/** What a search that found news counts for; one that did not counts against it once. More than so many are many, and more than those do not count. */
const WEIGHT: u32 = 4
const MANY: u32 = 8
const MOST: u32 = 32

/**
 * Links a live node anew on a layer, as an insert would (Algorithm 1): beside the `kept` links that are chosen already, from the heirs, as many as stand in the
 * choice, and from the live nodes that a search for its own vector finds; those that are chosen link back, if they have a place. False where memory ends.
 */
export function linkAnew(c: usize, slot: u32, layer: u32, alpha: f32, kept: u32, heirs: u32): bool {
  if (!ensurePool(c, poolFor(word(EF_CONSTRUCTION)))) return false
  const most = word(EF_CONSTRUCTION)
  queryOfVector(c, slot)
  // The first goes out from the node itself: its links, doomed ones too, are where near ones were.
  store<u64>(load<u32>(c, POOL), keyOf(0, slot, slot))
  store<u32>(c, 1, POOL_SIZE)
  store<u32>(c, 1, POOL_LIVE)
  const news = load<u32>(c, NEWS)
  if (!searchLayer(c, news > MANY ? most : min(most, FIRST), layer, slot)) return false
  if (!seeKnown(c, slot, kept, heirs)) return false
  const awry = load<u32>(c, AWRY)
  if (areNews(c, slot)) {
    store<u32>(c, ALERT, AWRY)
    store<u32>(c, min(news + WEIGHT, MOST), NEWS)
    if (!descend(c, word(ENTRY), layer, KEPT, slot) || !searchLayer(c, most, layer, slot)) return false
  } else {
    store<u32>(c, max<u32>(awry, 1) - 1, AWRY)
    store<u32>(c, max<u32>(news, 1) - 1, NEWS)
  }
  if (!seeKnown(c, slot, kept, heirs)) return false
  const found = candidates(c, slot, heirs)
  rankFrom(c, slot, found, slot)
  const count = selectNeighbors(c, found, widthOf(layer), news > MANY ? 1 : alpha, kept, slot)
  setLinks(slot, layer, c, count)
  linkBack(slot, layer, kept)
  return true
}

/** The node itself, the links that it keeps, and the heirs are seen, and nothing else. False where memory ends. */
function seeKnown(c: usize, slot: u32, kept: u32, heirs: u32): bool {
  if (!emptyVisited(c)) return false
  see(c, slot)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = 0; i < kept; i++) see(c, load<u32>(chosen + (i << 2)))
  const choice: usize = load<u32>(c, CHOICE)
  for (let i: u32 = 0; i < heirs; i++) see(c, load<u32>(choice + (i << 3)))
  return true
}

/** Are the two nearest that were found neither among the links that stay nor among the heirs? */
function areNews(c: usize, slot: u32): bool {
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  let count: u32 = 0
  for (let i: u32 = 0; i < size && count < 2; i++) {
    const key = load<u64>(pool + (i << 3))
    if (!isLiveKey(key) || slotOf(key, slot) == slot) continue
    if (!see(c, slotOf(key, slot))) return false
    count++
  }
  return count == 2
}

/** The live nodes of the pool that were not seen come behind the heirs in the choice. How many they are then. */
function candidates(c: usize, slot: u32, heirs: u32): u32 {
  const choice: usize = load<u32>(c, CHOICE)
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  let count = heirs
  for (let i: u32 = 0; i < size; i++) {
    const key = load<u64>(pool + (i << 3))
    if (!isLiveKey(key) || !see(c, slotOf(key, slot))) continue
    store<u64>(choice + (count << 3), slotOf(key, slot))
    count++
  }
  return count
}

/** What was chosen beside the first `kept` links of the slot gets a link to it, unless it has one, or no place for it. */
function linkBack(slot: u32, layer: u32, kept: u32): void {
  const links = linksOf(slot, layer)
  for (let i = kept; i < widthOf(layer); i++) {
    const e = load<u32>(links + (i << 2))
    if (e == NONE) return
    appendOnce(e, layer, slot)
  }
}
