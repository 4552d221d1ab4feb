/**
 * HNSW (Malkov and Yashunin, arXiv 1603.09320): Algorithms 1 to 5 under their names, loops whole. The memory holds everything; a module
 * instantiated on it anew goes on where the last one stopped.
 */
import { beginStates } from './blocks'
import {
  CODES,
  ensureFound,
  FOUND,
  FOUND_CAPACITY,
  QUERY_NORM,
  QUERY_SCALE,
  VECTOR,
} from './context'
import { distances4 } from './distance'
import {
  BLOCK_BYTES,
  CODE_BYTES,
  CODES_AT,
  codesOf,
  DIMENSIONS,
  DOOMED,
  EF_CONSTRUCTION,
  ENTRY,
  FREE_BLOCKS,
  ID,
  LIVE,
  levelOf,
  M,
  METRIC,
  MOST_PAGES,
  NONE,
  SIMPLE,
  setState,
  TAIL_BYTES,
  TOMBSTONE,
  TOP,
  tailOf,
  UPPER_AT,
  UPPER_END,
  UPPER_FREE,
  USED,
  upTo,
  VECTOR_AT,
  VECTOR_BYTES,
  VERSION,
  word,
} from './layout'

export { reserve } from './blocks'
export { createContext } from './context'
export { insertNode, storeRow } from './insert'
export { exactSearch, knnSearch } from './knn-search'
export { levelOf, stateOf } from './layout'
export { prepareQuery, queryOfNode } from './query'
export { degree, unreachable } from './reach'
export { beginWalk, walkOn } from './relink'
export { free, moveEntry, repair } from './repair'

/** So many pages the memory may have: to be said before anything else, and after an image was laid over it. */
export function endAt(pages: u32): void {
  if (memory.size() == 0) memory.grow(1)
  store<u32>(MOST_PAGES, pages)
}

/** Begins an empty index; false where there is no memory for it. */
export function create(
  dimensions: u32,
  metric: u32,
  m: u32,
  efConstruction: u32,
  simple: bool,
): bool {
  store<u32>(DIMENSIONS, dimensions)
  store<u32>(METRIC, metric)
  store<u32>(M, m)
  store<u32>(EF_CONSTRUCTION, efConstruction)
  store<u32>(SIMPLE, u32(simple))
  const codes = upTo(dimensions, 16)
  const vector = 4 * codes
  const links = upTo(8 * m, 64)
  store<u32>(VECTOR_BYTES, vector)
  store<u32>(CODE_BYTES, codes)
  store<u32>(VECTOR_AT, links)
  store<u32>(CODES_AT, links + vector)
  store<u32>(BLOCK_BYTES, upTo(links + vector + codes + <u32>TAIL_BYTES, 64))
  store<u32>(USED, 0)
  store<u32>(FREE_BLOCKS, NONE)
  store<u32>(ENTRY, NONE)
  store<u32>(UPPER_AT, 0)
  store<u32>(UPPER_END, 0)
  memory.fill(UPPER_FREE, 0, 4 * (TOP + 1))
  return beginStates()
}

/** Where the caller writes the floats of the vector to be stored or asked for. */
export function vectorOf(c: usize): u32 {
  return load<u32>(c, VECTOR)
}

/** The first `count` found, as their ids, then their versions (i32), then their distances (f32): an address. */
export function results(c: usize, count: u32): u32 {
  const found: usize = load<u32>(c, FOUND)
  const into = found + (load<u32>(c, FOUND_CAPACITY) << 3)
  for (let i: u32 = 0; i < count; i++) {
    const pair = found + (i << 3)
    const tail = tailOf(load<u32>(pair))
    const at = into + (i << 2)
    store<u32>(at, load<u32>(tail, ID))
    store<u32>(at + (count << 2), load<u32>(tail, VERSION))
    store<f32>(at + (count << 3), load<f32>(pair, 4))
  }
  return <u32>into
}

/** Room to write so many slots where found pairs stand, or 0 where memory ends: `results` then tells their rows. */
export function roomFor(c: usize, count: u32): u32 {
  return ensureFound(c, count + 1) ? load<u32>(c, FOUND) : 0
}

/** Distances of four slots, written where `roomFor(c, 4)` lets them be, to the prepared query by their codes: for tests of the kernel. */
export function codeDistances(c: usize): void {
  const at: usize = load<u32>(c, FOUND)
  const distances = distances4(
    load<u32>(c, CODES),
    load<f32>(c, QUERY_SCALE),
    load<f32>(c, QUERY_NORM),
    codesOf(load<u32>(at)),
    codesOf(load<u32>(at, 4)),
    codesOf(load<u32>(at, 8)),
    codesOf(load<u32>(at, 12)),
    word(CODE_BYTES),
    word(METRIC),
  )
  v128.store(at, distances)
}

/** The node is a tombstone from now on: walked through, never found. */
export function bury(slot: u32): void {
  setState(slot, TOMBSTONE, levelOf(slot))
}

/** The tombstone is freed by the repair that begins. */
export function doom(slot: u32): void {
  setState(slot, DOOMED, levelOf(slot))
}

/** What was buried is live again: nothing has taken its place. */
export function revive(slot: u32): void {
  setState(slot, LIVE, levelOf(slot))
}

export function idOf(slot: u32): u32 {
  return load<u32>(tailOf(slot), ID)
}

export function versionOf(slot: u32): i32 {
  return load<i32>(tailOf(slot), VERSION)
}

/** Blocks that were ever used, storage among them. */
export function usedBlocks(): u32 {
  return word(USED)
}

export function blockBytes(): u32 {
  return word(BLOCK_BYTES)
}

/** L + 1 of the paper; 0 while the graph is empty. */
export function layers(): u32 {
  const entry = word(ENTRY)
  return entry == NONE ? 0 : (entry >> 27) + 1
}
