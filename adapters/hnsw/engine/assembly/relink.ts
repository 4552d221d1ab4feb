import {
  ensurePool,
  ensureTree,
  POOL,
  POOL_SIZE,
  TREE,
  TREE_CAPACITY,
  WALK_DONE,
  WALK_END,
  WALK_SLOT,
} from './context'
import { descend, KEPT } from './descend'
import { appendOnce } from './insert'
import { slotOf } from './key'
import {
  EF_CONSTRUCTION,
  ENTRY,
  entrySlot,
  LIVE,
  linksOf,
  NONE,
  places,
  stateOf,
  stateOfPlace,
  widthOf,
  word,
} from './layout'
import { isOutdone } from './outdone'
import { queryOfVector } from './query'
import { poolFor, searchLayer } from './search-layer'

/** What a step may cost, in looks at one place; following a node's links costs about so much, giving one a link the next. */
const FOLLOW: i32 = 16
const RELINK: i32 = 4096

/**
 * Begins the walk that gives every live node which no way leads to on layer 0 a link from the nearest node that can be reached and has a free place; where
 * none near it has one, in the place of a link which the tree of the walk does not need, so that nothing else is lost. False where memory ends.
 */
export function beginWalk(c: usize): bool {
  if (!ensureTree(c)) return false
  memory.fill(load<u32>(c, TREE), 0xff, load<u32>(c, TREE_CAPACITY) << 2)
  store<u32>(c, 0, WALK_DONE)
  store<u32>(c, 0, WALK_END)
  store<u32>(c, 0, WALK_SLOT)
  const entry = word(ENTRY)
  if (entry != NONE) join(c, entrySlot(entry), entrySlot(entry))
  return true
}

/**
 * Goes on with it: 1 while there is more to do, 0 at the end, NONE where memory ends. Writes may come between two steps: a node that they
 * bring has links of its own, and one that they cut off behind the walk waits for the next.
 */
export function walkOn(c: usize, budget: i32): u32 {
  const entry = word(ENTRY)
  if (entry == NONE) return 0
  // Another entry point is another tree.
  if (load<u32>(c, WALK_END) == 0 || load<u32>(queueOf(c)) != entrySlot(entry)) {
    if (!beginWalk(c)) return NONE
  }
  while (budget > 0) {
    const slot = load<u32>(c, WALK_SLOT)
    if (load<u32>(c, WALK_DONE) < load<u32>(c, WALK_END)) {
      follow(c)
      budget -= FOLLOW
    } else if (slot >= min(places(), load<u32>(c, TREE_CAPACITY))) {
      return 0
    } else if (stateOfPlace(slot) == LIVE && !isReached(c, slot)) {
      const host = hostOf(c, slot)
      if (host == NONE) return NONE
      join(c, slot, host)
      budget -= RELINK
    } else {
      store<u32>(c, slot + 1, WALK_SLOT)
      budget--
    }
  }
  return 1
}

/** Takes the next node from the queue, and puts those that it leads to behind the last. */
function follow(c: usize): void {
  const done = load<u32>(c, WALK_DONE)
  store<u32>(c, done + 1, WALK_DONE)
  const parent = load<u32>(queueOf(c) + (done << 2))
  const links = linksOf(parent, 0)
  const width = widthOf(0)
  for (let i: u32 = 0; i < width; i++) {
    const child = load<u32>(links + (i << 2))
    if (child == NONE) return
    // One that is younger than the tree has no place in it.
    if (child < load<u32>(c, TREE_CAPACITY) && !isReached(c, child)) join(c, child, parent)
  }
}

function join(c: usize, slot: u32, parent: u32): void {
  const end = load<u32>(c, WALK_END)
  store<u32>(load<u32>(c, TREE) + (slot << 2), parent)
  store<u32>(queueOf(c) + (end << 2), slot)
  store<u32>(c, end + 1, WALK_END)
}

// @ts-ignore: decorator
@inline
function queueOf(c: usize): usize {
  return load<u32>(c, TREE) + (load<u32>(c, TREE_CAPACITY) << 2)
}

// @ts-ignore: decorator
@inline
function isReached(c: usize, slot: u32): bool {
  return load<u32>(load<u32>(c, TREE) + (slot << 2)) != NONE
}

/**
 * A reached node that now links to the slot: the nearest that has a free place, else the nearest with a link that can be spared, else any, the one reached last
 * first; this at once for a slot that is outdone. A leaf of the tree always has a place. NONE where memory ends.
 */
function hostOf(c: usize, slot: u32): u32 {
  if (!ensurePool(c, poolFor(word(EF_CONSTRUCTION)))) return NONE
  queryOfVector(c, slot)
  const most = word(EF_CONSTRUCTION)
  if (!descend(c, word(ENTRY), 0, KEPT) || !searchLayer(c, most, 0)) return NONE
  if (!isOutdone(c, slot)) {
    const host = nearestHost(c, slot, false)
    if (host != NONE) return host
    const other = nearestHost(c, slot, true)
    if (other != NONE) return other
  }
  for (let at = load<u32>(c, WALK_END); at > 0; at--) {
    const any = load<u32>(queueOf(c) + ((at - 1) << 2))
    if (appendOnce(any, 0, slot) || displace(c, any, slot)) return any
  }
  return NONE
}

/** The nearest node of the pool that took the link, with `instead` in the place of another too; NONE if none did. */
function nearestHost(c: usize, slot: u32, instead: bool): u32 {
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  const most = load<u32>(c, TREE_CAPACITY)
  for (let i: u32 = 0; i < size; i++) {
    const host = slotOf(load<u64>(pool + (i << 3)))
    if (host >= most || stateOf(host) != LIVE || !isReached(c, host)) continue
    if (appendOnce(host, 0, slot) || (instead && displace(c, host, slot))) return host
  }
  return NONE
}

/** Links host, whose list is full, to slot, in the place of the last link which is no branch of the tree. */
function displace(c: usize, host: u32, slot: u32): bool {
  const links = linksOf(host, 0)
  const tree: usize = load<u32>(c, TREE)
  for (let i: i32 = widthOf(0) - 1; i >= 0; i--) {
    const at = links + (i << 2)
    const link = load<u32>(at)
    if (link < load<u32>(c, TREE_CAPACITY) && load<u32>(tree + (link << 2)) == host) continue
    store<u32>(at, slot)
    return true
  }
  return false
}
