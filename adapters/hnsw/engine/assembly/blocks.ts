import {
  BLOCK_BYTES,
  BLOCKS,
  block,
  FREE,
  FREE_BLOCKS,
  M,
  MOST_PAGES,
  NONE,
  STATES,
  STATES_CAPACITY,
  STORAGE,
  setState,
  UPPER_AT,
  UPPER_END,
  UPPER_FREE,
  USED,
  upTo,
  word,
} from './layout'

const PAGE: u32 = 65536

/** Bytes a block that nodes leave unused at the end of memory, for what works on them: states, marks, the tree of a compaction. */
const SPARE: u32 = 32

/** A block for one node, or NONE where memory ends. */
export function takeBlock(): u32 {
  const free = word(FREE_BLOCKS)
  if (free != NONE) {
    store<u32>(FREE_BLOCKS, load<u32>(block(free)))
    return free
  }
  return reserve(1) ? takeRun(1) : NONE
}

/** `count` blocks in a row, marked as storage: their first, or NONE where memory ends. */
export function takeRun(count: u32): u32 {
  const first = word(USED)
  const after = first + count
  if (!ensureMemory(after) || (after > word(STATES_CAPACITY) && !growStates(after))) return NONE
  // Where the states moved, they lie behind `first` now.
  const from = word(USED)
  if (!ensureMemory(from + count)) return NONE
  store<u32>(USED, from + count)
  for (let slot = from; slot < from + count; slot++) setState(slot, STORAGE, 0)
  return from
}

/** Gives a run of storage back, block by block. */
export function giveBack(first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) giveBlock(first + i)
}

export function giveBlock(slot: u32): void {
  setState(slot, FREE, 0)
  store<u32>(block(slot), word(FREE_BLOCKS))
  store<u32>(FREE_BLOCKS, slot)
}

/** How many blocks hold so many bytes. */
export function blocksFor(bytes: u32): u32 {
  return upTo(bytes, word(BLOCK_BYTES)) / word(BLOCK_BYTES)
}

function ensureMemory(blocks: u32): bool {
  const bytes = u64(BLOCKS) + u64(blocks) * u64(word(BLOCK_BYTES))
  const pages = (bytes + PAGE - 1) / PAGE
  const most = word(MOST_PAGES)
  if (pages > most) return false
  const size = <u32>memory.size()
  if (pages <= size) return true
  // An eighth more than is needed, so that growing stays rare; or, near the end of memory, what is needed.
  const missing = <u32>pages - size
  const more = min(missing + (size >> 3), most - size)
  return memory.grow(more) >= 0 || memory.grow(missing) >= 0
}

/** Doubles the states; they move into a run of their own, and their old blocks become free. */
function growStates(atLeast: u32): bool {
  const old = word(STATES)
  const known = word(STATES_CAPACITY)
  let capacity = known << 1
  while (capacity < atLeast + blocksFor(capacity) + 1) capacity <<= 1
  const count = blocksFor(capacity)
  const first = word(USED)
  if (!ensureMemory(first + count)) return false
  const at = <u32>block(first)
  memory.fill(at, 0, capacity)
  memory.copy(at, old, known)
  store<u32>(STATES, at)
  store<u32>(STATES_CAPACITY, capacity)
  store<u32>(USED, first + count)
  for (let slot = first; slot < first + count; slot++) setState(slot, STORAGE, 0)
  giveBack((old - <u32>BLOCKS) / word(BLOCK_BYTES), blocksFor(known))
  return true
}

/** Room for the link lists of a node of this level above layer 0: an address, or 0 where memory ends. */
export function takeUpper(level: u32): u32 {
  const head = UPPER_FREE + level * 4
  const free = word(head)
  if (free != 0) {
    store<u32>(head, load<u32>(free))
    return free
  }
  const bytes = level * (word(M) << 2)
  if (word(UPPER_AT) + bytes > word(UPPER_END)) {
    const count = blocksFor(bytes)
    const first = takeRun(count)
    if (first == NONE) return 0
    store<u32>(UPPER_AT, <u32>block(first))
    store<u32>(UPPER_END, <u32>block(first + count))
  }
  const at = word(UPPER_AT)
  store<u32>(UPPER_AT, at + bytes)
  return at
}

export function giveUpper(at: u32, level: u32): void {
  const head = UPPER_FREE + level * 4
  store<u32>(at, word(head))
  store<u32>(head, at)
}

const FIRST_STATES: u32 = 256

/** Makes room for so many nodes more; false where memory ends. */
export function reserve(nodes: u32): bool {
  const wanted = word(USED) + nodes
  return ensureMemory(wanted + blocksFor(wanted * SPARE))
}

/** The first run: the states of the first blocks, its own among them. */
export function beginStates(): bool {
  const count = blocksFor(FIRST_STATES)
  if (!ensureMemory(count)) return false
  store<u32>(STATES, <u32>block(0))
  store<u32>(STATES_CAPACITY, FIRST_STATES)
  store<u32>(USED, count)
  memory.fill(block(0), 0, FIRST_STATES)
  for (let slot: u32 = 0; slot < count; slot++) setState(slot, STORAGE, 0)
  return true
}
