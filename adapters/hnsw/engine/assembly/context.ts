import { blocksFor, giveBack, takeRun } from './blocks'
import {
  block,
  CODE_BYTES,
  EF_CONSTRUCTION,
  M,
  NONE,
  USED,
  upTo,
  VECTOR_BYTES,
  word,
} from './layout'

/**
 * What one operation at a time works in. Words of a context, then its buffers; each buffer that grows is a run of blocks of its own.
 * A query is a vector (f32), its codes (i16) and two numbers; there is one for the operation and one for nodes compared among themselves.
 */
export const VECTOR: usize = 0
export const CODES: usize = 4
export const QUERY_SCALE: usize = 8
export const QUERY_NORM: usize = 12
/** Codes, scale and norm of a node that others are measured from. */
export const NODE: usize = 16
export const NODE_SCALE: usize = 20
export const NODE_NORM: usize = 24
/** u16 a block: the epoch in which it was last seen. */
export const VISITED: usize = 28
export const VISITED_CAPACITY: usize = 32
export const EPOCH: usize = 36
/** Sorted keys (u64), ascending; W and C of the paper's Algorithm 2 in one. */
export const POOL: usize = 40
export const POOL_CAPACITY: usize = 44
export const POOL_SIZE: usize = 48
/** Entries of the pool that are live. */
export const POOL_LIVE: usize = 52
/** Slots to be measured, and what was measured. */
export const GATHERED: usize = 56
/** Keys to choose neighbours from, and those chosen (slots). */
export const CHOICE: usize = 60
export const CHOSEN: usize = 64
/** Found: pairs of slot (u32) and distance (f32). */
export const FOUND: usize = 68
export const FOUND_CAPACITY: usize = 72
/** Takes what is only touched. */
export const TOUCHED: usize = 76
/** How many slots are gathered. */
export const COUNT: usize = 80
/** A breadth-first tree over layer 0: for each block the node that led to it, then the queue of the walk. */
export const TREE: usize = 84
export const TREE_CAPACITY: usize = 88
/** Places of the queue that are done, and taken; the slot from which unreached ones are looked for. */
export const WALK_DONE: usize = 92
export const WALK_END: usize = 96
export const WALK_SLOT: usize = 100
/** Bytes of these words. */
const WORDS: u32 = 128

/** Keys that a choice of neighbours can have to consider: what a pool holds, or the links of a node and those of its dead neighbours. */
function choiceCapacity(): u32 {
  const links = 2 * word(M)
  const heirs = links * links + links + 4
  const ef = 8 * word(EF_CONSTRUCTION) + 64
  return heirs > ef ? heirs : ef
}

/** A new context: its address, or 0 where memory ends. */
export function createContext(): u32 {
  const vector = word(VECTOR_BYTES)
  const codes = word(CODE_BYTES) << 1
  // A beam of four lists of links, where they begin, and three slots of padding.
  const gathered = upTo(4 * (8 * word(M) + 8), 16)
  const choice = upTo(8 * choiceCapacity(), 16)
  const chosen = upTo(4 * (2 * word(M) + 4), 16)
  const first = takeRun(blocksFor(WORDS + vector + 2 * codes + gathered + choice + chosen))
  if (first == NONE) return 0
  const at = <u32>block(first)
  memory.fill(at, 0, WORDS)
  let next = at + WORDS
  store<u32>(at, next, VECTOR)
  store<u32>(at, (next += vector), CODES)
  store<u32>(at, (next += codes), NODE)
  store<u32>(at, (next += codes), GATHERED)
  store<u32>(at, (next += gathered), CHOICE)
  store<u32>(at, (next += choice), CHOSEN)
  return at
}

/** Room for a pool of so many keys, or of all nodes, if they are fewer; false where memory ends. */
export function ensurePool(c: usize, keys: u32): bool {
  return ensureBuffer(c, POOL, POOL_CAPACITY, min(keys, word(USED) + 1), 8)
}

/** Room for so many pairs of slot and distance, and for what `results` makes of them. */
export function ensureFound(c: usize, pairs: u32): bool {
  return ensureBuffer(c, FOUND, FOUND_CAPACITY, pairs, 20)
}

/** Room for a tree of every block that there is. */
export function ensureTree(c: usize): bool {
  return ensureBuffer(c, TREE, TREE_CAPACITY, word(USED), 8)
}

function ensureBuffer(c: usize, at: usize, capacityAt: usize, wanted: u32, bytes: u32): bool {
  const known = load<u32>(c + capacityAt)
  if (known >= wanted) return true
  // A quarter more, so that growing stays rare.
  const capacity = wanted + (wanted >> 2) + 64
  const first = takeRun(blocksFor(capacity * bytes))
  if (first == NONE) return false
  if (known) giveBack(runOf(load<u32>(c + at)), blocksFor(known * bytes))
  store<u32>(c + at, <u32>block(first))
  store<u32>(c + capacityAt, capacity)
  return true
}

function runOf(address: u32): u32 {
  return (address - <u32>block(0)) / (<u32>block(1) - <u32>block(0))
}

/** Nothing is visited: a new epoch, and room for every block there is. False where memory ends. */
export function emptyVisited(c: usize): bool {
  const used = word(USED)
  if (load<u32>(c, VISITED_CAPACITY) < used) {
    // Its own blocks count too, where they are new.
    if (!ensureBuffer(c, VISITED, VISITED_CAPACITY, used + 16, 2)) return false
    memory.fill(load<u32>(c, VISITED), 0, load<u32>(c, VISITED_CAPACITY) << 1)
    store<u32>(c, 0, EPOCH)
  }
  const epoch = load<u32>(c, EPOCH) + 1
  if (epoch > 65535) {
    memory.fill(load<u32>(c, VISITED), 0, load<u32>(c, VISITED_CAPACITY) << 1)
    store<u32>(c, 1, EPOCH)
  } else store<u32>(c, epoch, EPOCH)
  return true
}
