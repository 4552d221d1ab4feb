/**
 * HNSW (Malkov and Yashunin, arXiv 1603.09320): Algorithms 1 to 5 under their names, loops whole. The memory holds everything, and may be shared
 * by one thread that writes and others that read; a module instantiated on it anew goes on where the last one stopped.
 */

import { beginCentre } from './centre'
import { recountFree } from './chunks'
import {
  BURIED,
  ensureFound,
  FOUND,
  PLANES,
  QUERY_METRIC,
  QUERY_NORM,
  QUERY_SCALE,
  READER,
  RESULT,
  VECTOR,
} from './context'
import { distances4 } from './distance'
import { beginHot } from './hot'
import { tell } from './knn-search'
import {
  CHUNK_BYTES,
  CHUNKS,
  CODE_BYTES,
  CODE_GAP,
  chunk,
  codesOf,
  DIMENSIONS,
  EF_CONSTRUCTION,
  END,
  ENTRY,
  EPOCH,
  entryLevel,
  FREE_CHUNKS,
  FREE_NODES,
  HOT_CAPACITY,
  KINDS,
  LINK_BYTES,
  LINK_GAP,
  LINKS_AT,
  LIVE_ROWS,
  LOCK,
  M,
  METRIC,
  MOST_PAGES,
  NEXT,
  NONE,
  PIECES_AT,
  PIECES_END,
  READER_EPOCHS,
  READERS,
  SHIFT,
  SIMPLE,
  STATES_AT,
  STRIDE,
  TAIL_BYTES,
  TOMBSTONES,
  TOP,
  TWINS,
  UPPER_FREE,
  UPPERS_AT,
  USED,
  upTo,
  VECTOR_BYTES,
  VECTOR_GAP,
  VECTORS_AT,
  WRITER,
  word,
} from './layout'
import { beginRead, endRead } from './readers'
import { beginRenewed } from './renewed'
import { beginRows, find } from './rows'

export { isAstray, recentre } from './centre'
export { reserve } from './chunks'
export { createContext } from './context'
export { hotRows, linkOldest } from './hot'
export { exactKnn, knnSearch } from './knn-search'
export { places, stateOfPlace } from './layout'
export { takeSevenBits } from './planes'
export { prepareQuery } from './query'
export { degree, unreachable } from './reach'
export { isQuiet, leaveReaders, nextEpoch } from './readers'
export { beginWalk, walkOn } from './relink'
export { free, moveEntry, repair } from './repair'
export { find } from './rows'
export { bury, doom, spare, upsert } from './write'

/**
 * After an image was laid over the memory, for whoever goes on from it, with so many hot rows at most: nobody reads yet, nobody takes storage, no row is hot.
 * The address of the writer's context, or 0 where memory ends.
 */
export function goOn(hot: u32): u32 {
  store<u32>(LOCK, 0)
  memory.fill(READER_EPOCHS, 0, 4 * READERS)
  recountFree()
  return word(HOT_CAPACITY) == hot || beginHot(hot) ? word(WRITER) : 0
}

/** So many pages the memory may have: to be said before anything else. */
export function endAt(pages: u32): void {
  store<u32>(MOST_PAGES, pages)
}

/** Bytes of a chunk are about so many at most, and it holds from 8 to 256 nodes. */
const CHUNK: u32 = 1 << 18

/** Begins an empty index; false where there is no memory for it. */
export function create(
  dimensions: u32,
  metric: u32,
  m: u32,
  efConstruction: u32,
  simple: bool,
  hot: u32,
): bool {
  store<u32>(DIMENSIONS, dimensions)
  store<u32>(METRIC, metric)
  store<u32>(M, m)
  store<u32>(EF_CONSTRUCTION, efConstruction)
  store<u32>(SIMPLE, u32(simple))
  const codes = upTo(dimensions, 16)
  const vector = 4 * codes
  const stride = codes + <u32>TAIL_BYTES
  const links = upTo(8 * m, 16)
  let shift: u32 = 8
  while (shift > 3 && (stride + links + vector + 5) << shift > CHUNK) shift--
  const linksAt = upTo(stride << shift, 64)
  const vectorsAt = linksAt + upTo(links << shift, 64)
  const uppersAt = vectorsAt + upTo(vector << shift, 64)
  const statesAt = uppersAt + upTo(4 << shift, 64)
  const bytes = statesAt + upTo(1 << shift, 64)
  store<u32>(VECTOR_BYTES, vector)
  store<u32>(CODE_BYTES, codes)
  store<u32>(STRIDE, stride)
  store<u32>(LINK_BYTES, links)
  store<u32>(SHIFT, shift)
  store<u32>(CHUNK_BYTES, bytes)
  store<u32>(LINKS_AT, linksAt)
  store<u32>(VECTORS_AT, vectorsAt)
  store<u32>(UPPERS_AT, uppersAt)
  store<u32>(STATES_AT, statesAt)
  store<u32>(CODE_GAP, bytes - (stride << shift))
  store<u32>(LINK_GAP, bytes - (links << shift))
  store<u32>(VECTOR_GAP, bytes - (vector << shift))
  const most = <u32>(((<u64>word(MOST_PAGES)) << 16) / bytes)
  store<u32>(CHUNKS, upTo(<u32>KINDS + most, 64))
  return begin(hot)
}

/** Nothing is stored. */
function begin(hot: u32): bool {
  store<u32>(USED, 0)
  store<u32>(FREE_CHUNKS, 0)
  store<u32>(NEXT, 0)
  store<u32>(END, 0)
  store<u32>(FREE_NODES, NONE)
  store<u32>(ENTRY, NONE)
  store<u32>(PIECES_AT, 0)
  store<u32>(PIECES_END, 0)
  store<u32>(EPOCH, 1)
  store<u32>(TWINS, 0)
  store<u32>(LIVE_ROWS, 0)
  store<u32>(TOMBSTONES, 0)
  memory.fill(UPPER_FREE, 0, 4 * (TOP + 1))
  const pages = (word(CHUNKS) + 0xffff) >> 16
  const missing = <i32>pages - memory.size()
  if (missing > 0 && memory.grow(missing) < 0) return false
  memory.fill(KINDS, 0, word(CHUNKS) - <u32>KINDS)
  return beginRows() && beginRenewed() && beginCentre() && beginHot(hot)
}

/** Where the caller writes the floats of the vector to be stored or asked for. */
export function vectorAt(c: usize): u32 {
  return load<u32>(c, VECTOR)
}

/** Where the caller reads what was told. */
export function resultAt(c: usize): u32 {
  return load<u32>(c, RESULT)
}

/** The slot that the last write made a tombstone, or NONE. */
export function buried(c: usize): u32 {
  return load<u32>(c, BURIED)
}

/** Room to write so many words, or 0 where memory ends. */
export function roomFor(c: usize, count: u32): u32 {
  return ensureFound(c, count + 1) ? load<u32>(c, FOUND) : 0
}

/** Tells the rows whose ids are written where `roomFor` let them be; distances are 0. How many there are. */
export function tellRows(c: usize, count: u32): u32 {
  const reader: usize = load<u32>(c, READER)
  beginRead(reader)
  const at: usize = load<u32>(c, FOUND)
  // Ids take a word, what is found two: from the last one on, nothing is overwritten that is still to be read.
  for (let i = count; i > 0; i--) {
    const slot = find(load<u32>(at + ((i - 1) << 2)))
    store<u32>(at + ((i - 1) << 3), slot)
    store<f32>(at + ((i - 1) << 3), 0, 4)
  }
  let found: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const pair = load<u64>(at + (i << 3))
    if (<u32>pair == NONE) continue
    store<u64>(at + (found << 3), pair)
    found++
  }
  tell(c, found)
  endRead(reader)
  return found
}

/** Distances of four slots, written where `roomFor(c, 4)` lets them be, to the prepared query by their codes: for tests of the kernel. */
export function codeDistances(c: usize): void {
  const at: usize = load<u32>(c, FOUND)
  const distances = distances4(
    load<u32>(c, PLANES),
    load<f32>(c, QUERY_SCALE),
    load<f32>(c, QUERY_NORM),
    codesOf(load<u32>(at)),
    codesOf(load<u32>(at, 4)),
    codesOf(load<u32>(at, 8)),
    codesOf(load<u32>(at, 12)),
    word(CODE_BYTES),
    load<u32>(c, QUERY_METRIC),
  )
  v128.store(at, distances)
}

export function liveRows(): u32 {
  return atomic.load<u32>(LIVE_ROWS)
}

export function tombstones(): u32 {
  return atomic.load<u32>(TOMBSTONES)
}

/** Everything that is stored lies before this address. */
export function imageBytes(): u32 {
  return <u32>chunk(word(USED))
}

/** L + 1 of the paper; 0 while the graph is empty. */
export function layers(): u32 {
  const entry = word(ENTRY)
  return entry == NONE ? 0 : entryLevel(entry) + 1
}
