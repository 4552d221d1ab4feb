import {
  CHUNK_BYTES,
  CHUNKS,
  chunk,
  END,
  FREE,
  FREE_CHUNK,
  FREE_CHUNKS,
  FREE_NODES,
  KINDS,
  LOCK,
  linksOf,
  M,
  MOST_PAGES,
  NEXT,
  NODES,
  NONE,
  PIECES_AT,
  PIECES_END,
  SHIFT,
  STATES_AT,
  setState,
  UPPER_FREE,
  USED,
  upTo,
  word,
} from './layout'

const PAGE: u32 = 65536

/** Bytes a node that nodes leave unused at the end of memory, for what works on them: marks, the map of ids, the tree of a compaction. */
const SPARE: u32 = 96

/** Readers take storage too. What is done under the lock is a matter of microseconds: a thread that waits for it spins. */
function lock(): void {
  while (atomic.cmpxchg<u32>(LOCK, 0, 1) != 0) {}
}

function unlock(): void {
  atomic.store<u32>(LOCK, 0)
}

/** A place for one node, or NONE where memory ends. Only the writer takes and gives nodes. */
export function takeNode(): u32 {
  const free = word(FREE_NODES)
  if (free != NONE) {
    store<u32>(FREE_NODES, load<u32>(linksOf(free, 0)))
    return free
  }
  if (word(NEXT) == word(END) && !beginChunk()) return NONE
  const slot = word(NEXT)
  store<u32>(NEXT, slot + 1)
  return slot
}

export function giveNode(slot: u32): void {
  setState(slot, FREE, 0)
  store<u32>(linksOf(slot, 0), word(FREE_NODES))
  store<u32>(FREE_NODES, slot)
}

/** The next chunk of nodes. */
function beginChunk(): bool {
  if (!reserve(1)) return false
  const number = takeChunks(1)
  if (number == NONE) return false
  memory.fill(chunk(number) + word(STATES_AT), 0, 1 << word(SHIFT))
  store<u32>(NEXT, number << word(SHIFT))
  store<u32>(END, (number + 1) << word(SHIFT))
  // Seen as nodes only now that their states are.
  atomic.store<u8>(KINDS + number, NODES)
  return true
}

/** `count` chunks in a row: the first, or NONE where memory ends. */
function takeChunks(count: u32): u32 {
  lock()
  let first = word(FREE_CHUNKS) >= count ? freeRun(count) : NONE
  if (first != NONE) {
    memory.fill(KINDS + first, 0, count)
    store<u32>(FREE_CHUNKS, word(FREE_CHUNKS) - count)
  } else if (ensureMemory(word(USED) + count)) {
    first = word(USED)
    atomic.store<u32>(USED, first + count)
  }
  unlock()
  return first
}

/** The first of so many free chunks in a row, or NONE. */
function freeRun(count: u32): u32 {
  const used = word(USED)
  let length: u32 = 0
  for (let number: u32 = 0; number < used; number++) {
    length = load<u8>(KINDS + number) == FREE_CHUNK ? length + 1 : 0
    if (length == count) return number + 1 - count
  }
  return NONE
}

/** After an image was laid over the memory: what is free is counted anew. */
export function recountFree(): void {
  let free: u32 = 0
  for (let number: u32 = 0; number < word(USED); number++)
    free += u32(load<u8>(KINDS + number) == FREE_CHUNK)
  store<u32>(FREE_CHUNKS, free)
}

/**
 * Storage of so many bytes, 64-byte aligned: its address, or 0 where memory ends. What is small shares a chunk; it is what a chunk may be
 * lost for, since only storage of whole chunks can be given back.
 */
export function takeStorage(bytes: u32): u32 {
  const size = upTo(bytes, 64)
  if (size > word(CHUNK_BYTES) >> 1) {
    const first = takeChunks(chunksFor(size))
    return first == NONE ? 0 : <u32>chunk(first)
  }
  const shared = takePiece(size)
  if (shared != 0) return shared
  const fresh = takeChunks(1)
  if (fresh == NONE) return 0
  const at = <u32>chunk(fresh)
  lock()
  store<u32>(PIECES_AT, at + size)
  store<u32>(PIECES_END, at + word(CHUNK_BYTES))
  unlock()
  return at
}

function takePiece(size: u32): u32 {
  lock()
  const at = word(PIECES_AT)
  const fits = at + size <= word(PIECES_END)
  if (fits) store<u32>(PIECES_AT, at + size)
  unlock()
  return fits ? at : 0
}

/** Gives storage back, where it was of whole chunks. */
export function giveStorage(at: u32, bytes: u32): void {
  const size = upTo(bytes, 64)
  if (size <= word(CHUNK_BYTES) >> 1) return
  const first = (at - word(CHUNKS)) / word(CHUNK_BYTES)
  lock()
  memory.fill(KINDS + first, FREE_CHUNK, chunksFor(size))
  store<u32>(FREE_CHUNKS, word(FREE_CHUNKS) + chunksFor(size))
  unlock()
}

function chunksFor(bytes: u32): u32 {
  return upTo(bytes, word(CHUNK_BYTES)) / word(CHUNK_BYTES)
}

function ensureMemory(chunks: u32): bool {
  const bytes = u64(word(CHUNKS)) + u64(chunks) * u64(word(CHUNK_BYTES))
  const pages = (bytes + PAGE - 1) / PAGE
  const most = word(MOST_PAGES)
  if (pages > most) return false
  const size = <u32>memory.size()
  if (pages <= size) return true
  // A sixteenth more than is needed, so that growing stays rare; or, near the end of memory, what is needed.
  const missing = <u32>pages - size
  const more = min(missing + (size >> 4), most - size)
  return memory.grow(more) >= 0 || memory.grow(missing) >= 0
}

/** Makes room for so many nodes more; false where memory ends. */
export function reserve(nodes: u32): bool {
  const more = (upTo(nodes, 1 << word(SHIFT)) >> word(SHIFT)) + word(USED)
  const spare = u64(more << word(SHIFT)) * SPARE
  const chunks = u64(more) + (spare + word(CHUNK_BYTES) - 1) / word(CHUNK_BYTES)
  if (chunks > <u64>i32.MAX_VALUE) return false
  lock()
  const isThere = ensureMemory(<u32>chunks)
  unlock()
  return isThere
}

/** Room for the link lists of a node of this level above layer 0: an address, or 0 where memory ends. */
export function takeUpper(level: u32): u32 {
  const head = UPPER_FREE + level * 4
  const free = word(head)
  if (free == 0) return takeStorage(level * (word(M) << 2))
  store<u32>(head, load<u32>(free))
  return free
}

export function giveUpper(at: u32, level: u32): void {
  const head = UPPER_FREE + level * 4
  store<u32>(at, word(head))
  store<u32>(head, at)
}
