import { giveStorage, takeStorage } from './chunks'
import {
  CODE_BYTES,
  EF_CONSTRUCTION,
  M,
  places,
  READER_EPOCHS,
  upTo,
  VECTOR_BYTES,
  WRITER,
  word,
} from './layout'
import { planeBytes } from './planes'

/**
 * What one operation at a time works in; each thread has its own. Words of a context, then its buffers; each buffer that grows is storage of
 * its own. A query is a vector (f32), the planes of its codes (planes.ts) and two numbers; there is one for the operation and one for nodes compared among
 * themselves.
 */
export const VECTOR: usize = 0
export const PLANES: usize = 4
export const QUERY_SCALE: usize = 8
export const QUERY_NORM: usize = 12
/** Planes, scale and norm of a node that others are measured from. */
export const NODE: usize = 16
export const NODE_SCALE: usize = 20
export const NODE_NORM: usize = 24
/** u16 a place for a node: the round in which it was last seen. */
export const VISITED: usize = 28
export const VISITED_CAPACITY: usize = 32
export const ROUND: usize = 36
/** Sorted keys (u64), ascending; W and C of the paper's Algorithm 2 in one. */
export const POOL: usize = 40
export const POOL_CAPACITY: usize = 44
export const POOL_SIZE: usize = 48
/** Entries of the pool that are live. */
export const POOL_LIVE: usize = 52
/** Slots to be measured, or of doomed nodes to be inherited from; where the lists that they come from begin, and behind these four distances. */
export const GATHERED: usize = 56
export const LISTS: usize = 60
/** Keys to choose neighbours from, and those chosen (slots). */
export const CHOICE: usize = 64
export const CHOSEN: usize = 68
/** Found: pairs of slot (u32) and distance (f32); behind them what the caller reads: ids, versions, distances. */
export const FOUND: usize = 72
export const FOUND_CAPACITY: usize = 76
export const RESULT: usize = 80
/** Takes what is only touched. */
export const TOUCHED: usize = 84
/** A breadth-first tree over layer 0: for each place the node that led to it, then the queue of the walk. */
export const TREE: usize = 88
export const TREE_CAPACITY: usize = 92
/** Places of the queue that are done, and taken; the slot from which unreached ones are looked for. */
export const WALK_DONE: usize = 96
export const WALK_END: usize = 100
export const WALK_SLOT: usize = 104
/** Where the epoch of this reader stands; 0 for the writer. */
export const READER: usize = 108
/** The slot that the last write buried, or NONE. */
export const BURIED: usize = 112
/** What CENTRED was when the query got its codes. */
export const QUERY_CENTRED: usize = 116
/** Nodes with lost neighbours that are to be looked at closely still: a search found near ones that were not heirs. */
export const AWRY: usize = 120
/** Nodes with lost neighbours that there were: of rounds a search makes some too, and it is writes alone that make the graph. */
export const BROKEN: usize = 124
/** The metric of the query's distances, and the sum of its squared codes. */
export const QUERY_METRIC: usize = 128
export const QUERY_CODED: usize = 132
/** How much more often than not a search of late found such. */
export const NEWS: usize = 136
/** Candidates that a search expands at a time, at most: their misses of the cache overlap. */
export const BEAM: u32 = 4
/** Doomed nodes that a repair looks at, at most, in lists of layer 0. */
export const DOOMED_LISTS: u32 = 6
/** Bytes of these words. */
const WORDS: u32 = 144

/** Keys that a choice of neighbours can have to consider: what a pool holds, or the links of a node and those of its dead neighbours, with what a search found. */
function choiceCapacity(): u32 {
  const links = 2 * word(M)
  const heirs = links * links + word(EF_CONSTRUCTION) + links + 4
  const ef = 8 * word(EF_CONSTRUCTION) + 68
  return heirs > ef ? heirs : ef
}

/** A new context, of the writer (−1) or of a reader: its address, or 0 where memory ends. A reader chooses no neighbours. */
export function createContext(reader: i32): u32 {
  const vector = word(VECTOR_BYTES)
  const planes = planeBytes(word(CODE_BYTES))
  // What a repair gathers, or the links of a beam and a slot of padding for each lane of a vector.
  const gathered = upTo(4 * (max(DOOMED_LISTS, BEAM) * 2 * word(M) + 4), 16)
  const lists = upTo(4 * BEAM + 16, 16)
  const choice = reader < 0 ? upTo(8 * choiceCapacity(), 16) : 0
  const chosen = reader < 0 ? upTo(4 * (2 * word(M) + 4), 16) : 0
  const at = takeStorage(WORDS + vector + 2 * planes + gathered + lists + choice + chosen)
  if (at == 0) return 0
  memory.fill(at, 0, WORDS)
  let next = at + WORDS
  store<u32>(at, next, VECTOR)
  store<u32>(at, (next += vector), PLANES)
  store<u32>(at, (next += planes), NODE)
  store<u32>(at, (next += planes), GATHERED)
  store<u32>(at, (next += gathered), LISTS)
  store<u32>(at, (next += lists), CHOICE)
  store<u32>(at, (next += choice), CHOSEN)
  store<u32>(at, reader < 0 ? 0 : <u32>READER_EPOCHS + (reader << 2), READER)
  if (reader < 0) store<u32>(WRITER, at)
  return at
}

/** Room for a pool of so many keys, or of all nodes, if they are fewer; false where memory ends. */
export function ensurePool(c: usize, keys: u32): bool {
  return ensureBuffer(c, POOL, POOL_CAPACITY, min(keys, places() + 1), 8)
}

/** Room for so many pairs of slot and distance, and for what the caller reads of them. */
export function ensureFound(c: usize, pairs: u32): bool {
  if (!ensureBuffer(c, FOUND, FOUND_CAPACITY, pairs, 20)) return false
  store<u32>(c, load<u32>(c, FOUND) + (load<u32>(c, FOUND_CAPACITY) << 3), RESULT)
  return true
}

/** Room for a tree of every place that there is. */
export function ensureTree(c: usize): bool {
  return ensureBuffer(c, TREE, TREE_CAPACITY, places(), 8)
}

function ensureBuffer(c: usize, at: usize, capacityAt: usize, wanted: u32, bytes: u32): bool {
  const known = load<u32>(c + capacityAt)
  if (known >= wanted) return true
  // An eighth more, so that growing stays rare.
  const capacity = wanted + (wanted >> 3) + 64
  if (u64(capacity) * u64(bytes) > <u64>i32.MAX_VALUE) return false
  const storage = takeStorage(capacity * bytes)
  if (storage == 0) return false
  if (known) giveStorage(load<u32>(c + at), known * bytes)
  store<u32>(c + at, storage)
  store<u32>(c + capacityAt, capacity)
  return true
}

/** Nothing is visited: a new round, and room for every place there is. False where memory ends. */
export function emptyVisited(c: usize): bool {
  const used = places()
  if (load<u32>(c, VISITED_CAPACITY) < used) {
    if (!ensureBuffer(c, VISITED, VISITED_CAPACITY, used, 2)) return false
    memory.fill(load<u32>(c, VISITED), 0, load<u32>(c, VISITED_CAPACITY) << 1)
    store<u32>(c, 0, ROUND)
  }
  const round = load<u32>(c, ROUND) + 1
  if (round > 65535) {
    memory.fill(load<u32>(c, VISITED), 0, load<u32>(c, VISITED_CAPACITY) << 1)
    store<u32>(c, 1, ROUND)
  } else store<u32>(c, round, ROUND)
  return true
}

/** Visits the slot: true the first time in a round. */
// @ts-ignore: decorator
@inline
export function see(c: usize, slot: u32): bool {
  const at: usize = load<u32>(c, VISITED) + (slot << 1)
  const round = <u16>load<u32>(c, ROUND)
  if (load<u16>(at) == round) return false
  store<u16>(at, round)
  return true
}
