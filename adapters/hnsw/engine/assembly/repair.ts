import { linkAnew } from './anew'
import { rankFrom } from './choice'
import {
  AWRY,
  BROKEN,
  CHOICE,
  CHOSEN,
  DOOMED_LISTS,
  emptyVisited,
  GATHERED,
  see,
  TOUCHED,
} from './context'
import { setLinks, unstore } from './insert'
import { slotOf } from './key'
import {
  DOOMED,
  ENTRY,
  entryLevel,
  entrySlot,
  IP,
  LIVE,
  levelOf,
  linksOf,
  M,
  METRIC,
  NONE,
  places,
  setEntry,
  stateOf,
  stateOfPlace,
  TOMBSTONE,
  TOMBSTONES,
  widthOf,
  word,
} from './layout'
import { selectNeighbors } from './select-neighbors'
import { touch } from './touch'

/** Places that a step looks at, if it finds none to repair. */
const STEP: u32 = 4096

/**
 * Gives the first node from the place `from` on that links to a doomed one new links beside those that stay: chosen by the rule of Algorithm 4 with
 * `alpha` from the live neighbours of the neighbours that go (Singh et al. 2021, FreshDiskANN, Algorithm 4, which chooses anew among those that stay too:
 * links that other nodes made to this one, and that nothing has covered yet, would be lost). Where they go with their whole neighbourhood, from the
 * live ones behind it: else what the neighbourhood held together falls apart. Where it lost the nearest, it is linked anew.
 * Where to go on, or NONE where memory ends.
 */
export function repair(c: usize, from: u32, alpha: f32): u32 {
  const to = min(from + STEP, places())
  for (let slot = from; slot < to; slot++) {
    const state = stateOfPlace(slot)
    if (state != LIVE && state != TOMBSTONE) continue
    let isChanged = false
    for (let lc: i32 = levelOf(slot); lc >= 0; lc--) {
      const done = repairLinks(c, slot, lc, alpha)
      if (done == NONE) return NONE
      isChanged = isChanged || done != 0
    }
    if (isChanged) return slot + 1
  }
  return to
}

/** 1 if there was something to repair, else 0; NONE where memory ends. */
function repairLinks(c: usize, slot: u32, layer: u32, alpha: f32): u32 {
  const links = linksOf(slot, layer)
  const width = widthOf(layer)
  let isBroken = false
  let touched: u32 = 0
  for (let i: u32 = 0; i < width; i++) {
    const n = load<u32>(links + (i << 2))
    if (n == NONE) break
    if (stateOf(n) != DOOMED) continue
    isBroken = true
    // Its links will be needed: the misses of the cache overlap.
    touched |= touch(linksOf(n, layer), width << 2)
  }
  if (!isBroken) return 0
  store<u32>(c, touched, TOUCHED)
  if (!emptyVisited(c)) return NONE
  see(c, slot)
  const doomed: usize = load<u32>(c, GATHERED)
  const chosen: usize = load<u32>(c, CHOSEN)
  let kept: u32 = 0
  let end: u32 = 0
  for (let i: u32 = 0; i < width; i++) {
    const n = load<u32>(links + (i << 2))
    if (n == NONE) break
    if (!see(c, n)) continue
    if (stateOf(n) == DOOMED) store<u32>(doomed + (end++ << 2), n)
    else store<u32>(chosen + (kept++ << 2), n)
  }
  // Above layer 0 links lead far and repairs are rare, and beside a search it is the heirs that lead far.
  const isSearched = canSearch(slot, layer) && isTorn(c, slot, end, kept)
  const count = heirsOf(c, end, layer, isSearched || layer > 0 ? 4 * word(M) : word(M))
  if (isSearched) return linkAnew(c, slot, layer, alpha, kept, count) ? 1 : NONE
  rankFrom(c, slot, count)
  setLinks(slot, layer, c, selectNeighbors(c, count, width, alpha, kept))
  return 1
}

/** A tombstone needs no new way in, and above the level of the entry point no search begins. */
function canSearch(slot: u32, layer: u32): bool {
  return stateOf(slot) == LIVE && entryLevel(word(ENTRY)) >= layer
}

/** One node in so many less one is looked at closely where all is well: a mask. */
const SAMPLED: u32 = 3

/**
 * Has the node lost its nearest neighbour, or one in three? What the near ones covered was not linked, and their heirs need not be near. Under ip always: lists are short
 * where a long row covers what is behind it, and its heirs are as long or nowhere near.
 */
function isTorn(c: usize, slot: u32, lost: u32, kept: u32): bool {
  if (lost * 2 > kept || word(METRIC) == IP) return true
  const broken = load<u32>(c, BROKEN) + 1
  store<u32>(c, broken, BROKEN)
  if (load<u32>(c, AWRY) == 0 && (broken & SAMPLED) != 0) return false
  const choice: usize = load<u32>(c, CHOICE)
  const doomed: usize = load<u32>(c, GATHERED)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = 0; i < kept; i++) store<u64>(choice + (i << 3), load<u32>(chosen + (i << 2)))
  const rest = choice + (usize(kept) << 3)
  for (let i: u32 = 0; i < lost; i++) store<u64>(rest + (i << 3), load<u32>(doomed + (i << 2)))
  rankFrom(c, slot, kept + lost)
  return stateOf(slotOf(load<u64>(choice))) == DOOMED
}

/**
 * What there is to choose from: the live neighbours of the `end` doomed nodes that were gathered, and, as long as these are fewer than `enough`, those of
 * the doomed nodes that they lead to, as many as there is room for. How many.
 */
function heirsOf(c: usize, end: u32, layer: u32, enough: u32): u32 {
  const doomed: usize = load<u32>(c, GATHERED)
  const width = widthOf(layer)
  const most = DOOMED_LISTS * widthOf(0)
  const direct = end
  let count: u32 = 0
  for (let at: u32 = 0; at < direct || (at < end && count < enough); at++) {
    const links = linksOf(load<u32>(doomed + (at << 2)), layer)
    for (let i: u32 = 0; i < width; i++) {
      const n = load<u32>(links + (i << 2))
      if (n == NONE) break
      const state = stateOf(n)
      if (state == LIVE) count = heir(c, count, n)
      else if (state == DOOMED && end < most && see(c, n)) store<u32>(doomed + (end++ << 2), n)
    }
  }
  return count
}

/** One more to choose from, unless it was seen before. */
function heir(c: usize, count: u32, slot: u32): u32 {
  if (!see(c, slot)) return count
  store<u64>(load<u32>(c, CHOICE) + (count << 3), slot)
  return count + 1
}

/** Where the entry point is doomed, a live neighbour on its highest layers takes its place, or else the live node of the highest level; NONE where there is none. */
export function moveEntry(): void {
  const entry = word(ENTRY)
  if (entry == NONE || stateOf(entrySlot(entry)) != DOOMED) return
  let best = neighborOf(entry)
  if (best != NONE) return setEntry(best, levelOf(best))
  for (let slot: u32 = 0; slot < places(); slot++) {
    if (stateOfPlace(slot) == LIVE && (best == NONE || levelOf(slot) > levelOf(best))) best = slot
  }
  if (best == NONE) store<u32>(ENTRY, NONE)
  else setEntry(best, levelOf(best))
}

function neighborOf(entry: u32): u32 {
  for (let lc = entryLevel(entry); lc > 0; lc--) {
    const links = linksOf(entrySlot(entry), lc)
    for (let i: u32 = 0; i < widthOf(lc); i++) {
      const slot = load<u32>(links + (i << 2))
      if (slot == NONE) break
      if (stateOf(slot) == LIVE) return slot
    }
  }
  return NONE
}

/** Frees a tombstone's place. No link may lead to it, and no reader be at it. */
export function free(slot: u32): void {
  unstore(slot, levelOf(slot))
  store<u32>(TOMBSTONES, word(TOMBSTONES) - 1)
}
