import {
  CHOICE,
  EPOCH,
  emptyVisited,
  ensureFound,
  ensurePool,
  FOUND,
  POOL,
  POOL_SIZE,
  VISITED,
} from './context'
import { append, poolFor } from './insert'
import {
  EF_CONSTRUCTION,
  ENTRY,
  entrySlot,
  LIVE,
  linksOf,
  NONE,
  stateOf,
  TOMBSTONE,
  USED,
  widthOf,
  word,
} from './layout'
import { queryOfNode } from './query'
import { descend, searchLayer, slotOf } from './search-layer'

/** How a node was reached, in FOUND while it is spread: its parent in the breadth-first tree, a word a block. */
const QUEUE_PAIR: u32 = 8

/**
 * Walks layer 0 breadth first from the entry point. FOUND then holds for each block its parent in the tree and the queue of the walk.
 * How many nodes were reached, or NONE where memory ends.
 */
export function spreadFromEntry(c: usize): u32 {
  const used = word(USED)
  if (!ensureFound(c, used + 1)) return NONE
  const tree: usize = load<u32>(c, FOUND)
  for (let slot: u32 = 0; slot < word(USED); slot++) store<u32>(tree + slot * QUEUE_PAIR, NONE)
  const entry = word(ENTRY)
  if (entry == NONE) return 0
  const root = entrySlot(entry)
  store<u32>(tree + root * QUEUE_PAIR, root)
  return spread(tree, root, 0)
}

/** Continues the walk from one node; `size` places of the queue are taken. */
function spread(tree: usize, from: u32, size: u32): u32 {
  const width = widthOf(0)
  let end = size
  store<u32>(tree + end * QUEUE_PAIR, from, 4)
  end++
  for (let at = size; at < end; at++) {
    const parent = load<u32>(tree + at * QUEUE_PAIR, 4)
    const links = linksOf(parent, 0)
    for (let i: u32 = 0; i < width; i++) {
      const child = load<u32>(links + (i << 2))
      if (child == NONE) break
      const known = tree + child * QUEUE_PAIR
      if (load<u32>(known) != NONE) continue
      store<u32>(known, parent)
      store<u32>(tree + end * QUEUE_PAIR, child, 4)
      end++
    }
  }
  return end
}

// @ts-ignore: decorator
@inline
function isReached(tree: usize, slot: u32): bool {
  return load<u32>(tree + slot * QUEUE_PAIR) != NONE
}

/** How many live nodes no way leads to, after `spreadFromEntry`. */
export function unreachable(c: usize): u32 {
  const tree: usize = load<u32>(c, FOUND)
  let count: u32 = 0
  for (let slot: u32 = 0; slot < word(USED); slot++)
    count += u32(stateOf(slot) == LIVE && !isReached(tree, slot))
  return count
}

/**
 * Gives every live node that no way leads to a link from the nearest node that can be reached and has a place: a free one, or that
 * of a link which the tree does not need, so that nothing else is lost. How many it linked, or NONE where memory ends.
 */
export function relinkUnreachable(c: usize): u32 {
  if (!ensurePool(c, poolFor(word(EF_CONSTRUCTION)))) return NONE
  let reached = spreadFromEntry(c)
  if (reached == NONE || reached == 0) return reached
  const tree: usize = load<u32>(c, FOUND)
  let linked: u32 = 0
  for (let slot: u32 = 0; slot < word(USED); slot++) {
    if (stateOf(slot) != LIVE || isReached(tree, slot)) continue
    const host = hostOf(c, tree, slot)
    if (host == NONE) return NONE
    store<u32>(tree + slot * QUEUE_PAIR, host)
    reached = spread(tree, slot, reached)
    linked++
  }
  return linked
}

/** A reached node that now links to the slot: the nearest that has a place, at last any. */
function hostOf(c: usize, tree: usize, slot: u32): u32 {
  queryOfNode(c, slot)
  descend(c, word(ENTRY), 0)
  if (!searchLayer(c, word(EF_CONSTRUCTION), 0)) return NONE
  const pool: usize = load<u32>(c, POOL)
  const size = load<u32>(c, POOL_SIZE)
  for (let i: u32 = 0; i < size; i++) {
    const host = slotOf(load<u64>(pool + (i << 3)))
    if (isReached(tree, host) && stateOf(host) == LIVE && place(tree, host, slot)) return host
  }
  for (let host: u32 = 0; host < word(USED); host++) {
    if (stateOf(host) == LIVE && isReached(tree, host) && place(tree, host, slot)) return host
  }
  return NONE
}

/** Links host to slot, in a free place or in that of the last link which is no branch of the tree. */
function place(tree: usize, host: u32, slot: u32): bool {
  if (append(host, 0, slot)) return true
  const links = linksOf(host, 0)
  for (let i: i32 = widthOf(0) - 1; i >= 0; i--) {
    const at = links + (i << 2)
    if (load<u32>(tree + load<u32>(at) * QUEUE_PAIR) == host) continue
    store<u32>(at, slot)
    return true
  }
  return false
}

/** All links of layer 0, those of tombstones too. */
export function degree(): f64 {
  let links: f64 = 0
  for (let slot: u32 = 0; slot < word(USED); slot++) {
    const state = stateOf(slot)
    if (state != LIVE && state != TOMBSTONE) continue
    const at = linksOf(slot, 0)
    for (let i: u32 = 0; i < widthOf(0); i++) {
      if (load<u32>(at + (i << 2)) == NONE) break
      links++
    }
  }
  return links
}
