/**
 * The map of ids: which node holds a row. Open addressing with linear probing (Knuth, TAOCP 3, 6.4, Algorithm L); an entry is one u64, the
 * slot above the id, so that readers see both or neither. It grows by rows that move from one map to the next, a few with each that comes.
 */
import { giveStorage, takeStorage } from './chunks'
import { LIVE_ROWS, NEXT_ROWS, NONE, OLD_ROWS, OLD_ROWS_EPOCH, ROWS, word } from './layout'
import { isQuiet, nextEpoch } from './readers'

const EMPTY: u64 = 0xffffffff_ffffffff
/** The slot of a row that was taken out: what lies behind it in its probe sequence is still there. */
const GONE: u32 = NONE - 1

// Words before the entries of a map: entries, as a power of two; those that are not empty; those that are cleared, while it is prepared; the
// map before it, while rows are still there alone, and how many entries of that one have been looked at.
const BITS: usize = 0
const FILLED: usize = 4
const CLEARED: usize = 8
const BEFORE: usize = 12
const MOVED: usize = 16
const ENTRIES: usize = 64
const FIRST_BITS: u32 = 6

/**
 * A map is prepared when the one in use is five eighths full, and takes its place at three quarters. So many entries are cleared, and later moved, for each
 * row that comes: enough to be done in time, and so few that no row waits for the others.
 */
const CLEARED_AT_ONCE: u32 = 32
const MOVED_AT_ONCE: u32 = 8
/** Where memory has ended there is no sense in asking with every row. */
const ASK_EVERY: u32 = 256

export function beginRows(): bool {
  store<u32>(OLD_ROWS, 0)
  store<u32>(NEXT_ROWS, 0)
  const map = take(FIRST_BITS)
  if (map == 0) return false
  clear(map, 1 << FIRST_BITS)
  store<u32>(ROWS, map)
  return true
}

function bytesOf(bits: u32): u32 {
  return <u32>ENTRIES + (8 << bits)
}

/** A map that is not cleared yet, or 0 where memory ends. */
function take(bits: u32): u32 {
  const map = takeStorage(bytesOf(bits))
  if (map == 0) return 0
  memory.fill(map, 0, ENTRIES)
  store<u32>(map, bits, BITS)
  return map
}

/** So many of its entries more become empty. */
function clear(map: usize, entries: u32): void {
  const cleared = load<u32>(map, CLEARED)
  const more = min(entries, (1 << load<u32>(map, BITS)) - cleared)
  memory.fill(map + ENTRIES + (usize(cleared) << 3), 0xff, more << 3)
  store<u32>(map, cleared + more, CLEARED)
}

/** The slot of a row, or NONE. */
export function find(id: u32): u32 {
  const map: usize = atomic.load<u32>(ROWS)
  // Before the look into the map: once it has no map before it, all rows are in it.
  const before: usize = atomic.load<u32>(map + BEFORE)
  let entry = atomic.load<u64>(entryOf(map, id))
  if (entry == EMPTY && before != 0) entry = atomic.load<u64>(entryOf(before, id))
  const slot = <u32>(entry >> 32)
  return slot == GONE ? NONE : slot
}

/** Where the entry of this id is, or where it would go. */
function entryOf(map: usize, id: u32): usize {
  const bits = load<u32>(map, BITS)
  const mask: u32 = (1 << bits) - 1
  // Fibonacci hashing (Knuth, TAOCP 3, 6.4): dense ids fall far from each other.
  let place = (id * 0x9e3779b1) >> (32 - bits)
  let at = map + ENTRIES + (usize(place) << 3)
  for (let entry = atomic.load<u64>(at); entry != EMPTY && <u32>entry != id; ) {
    place = (place + 1) & mask
    at = map + ENTRIES + (usize(place) << 3)
    entry = atomic.load<u64>(at)
  }
  return at
}

/** Makes sure that one row more has a place; false where memory ends. */
export function ensureRow(): bool {
  giveOld()
  const map: usize = word(ROWS)
  move(map, MOVED_AT_ONCE)
  const bits = load<u32>(map, BITS)
  const filled = load<u32>(map, FILLED)
  if (filled < (5 << bits) >> 3) return true
  const isFull = filled >= (3 << bits) >> 2
  if (isFull || filled % ASK_EVERY == 0 || word(NEXT_ROWS) != 0) prepare(bits)
  return !isFull || replace(map)
}

/** The next map: twice as large, or as large where most of what fills this one has gone. */
function prepare(bits: u32): void {
  if (word(NEXT_ROWS) == 0) {
    store<u32>(NEXT_ROWS, take(word(LIVE_ROWS) > (1 << bits) >> 2 ? bits + 1 : bits))
  }
  const next: usize = word(NEXT_ROWS)
  if (next != 0) clear(next, CLEARED_AT_ONCE)
}

/** The next map takes the place of this one, in which rows are still found until they have moved. */
function replace(map: usize): bool {
  const next: usize = word(NEXT_ROWS)
  if (next == 0) return false
  clear(next, u32.MAX_VALUE)
  move(map, u32.MAX_VALUE)
  store<u32>(next, <u32>map, BEFORE)
  store<u32>(NEXT_ROWS, 0)
  atomic.store<u32>(ROWS, <u32>next)
  return true
}

/** Looks at so many entries more of the map before this one. What came or went since is here already, and newer. */
function move(map: usize, entries: u32): void {
  const before: usize = load<u32>(map, BEFORE)
  if (before == 0) return
  const size: u32 = 1 << load<u32>(before, BITS)
  const moved = load<u32>(map, MOVED)
  const end = moved + min(entries, size - moved)
  for (let i = moved; i < end; i++) {
    const entry = load<u64>(before + ENTRIES + (usize(i) << 3))
    if (!isRow(entry)) continue
    const at = entryOf(map, <u32>entry)
    if (load<u64>(at) == EMPTY) fill(map, at, entry)
  }
  store<u32>(map, end, MOVED)
  if (end < size) return
  atomic.store<u32>(map + BEFORE, 0)
  // Two maps at once are old only where searches of minutes are under way; the older one is then left.
  store<u32>(OLD_ROWS, <u32>before)
  store<u32>(OLD_ROWS_EPOCH, nextEpoch())
}

function giveOld(): void {
  const old = word(OLD_ROWS)
  if (old == 0 || !isQuiet(word(OLD_ROWS_EPOCH))) return
  store<u32>(OLD_ROWS, 0)
  giveStorage(old, bytesOf(load<u32>(old, BITS)))
}

// @ts-ignore: decorator
@inline
function isRow(entry: u64): bool {
  return <u32>(entry >> 32) < GONE
}

function fill(map: usize, at: usize, entry: u64): void {
  if (load<u64>(at) == EMPTY) store<u32>(map, load<u32>(map, FILLED) + 1, FILLED)
  atomic.store<u64>(at, entry)
}

/** `ensureRow` has made sure of a place for it. */
export function put(id: u32, slot: u32): void {
  const map: usize = word(ROWS)
  fill(map, entryOf(map, id), ((<u64>slot) << 32) | id)
}

/** Of a row that is there. Its entry stays, as that of a row that has gone: also where it had not moved yet. */
export function remove(id: u32): void {
  const map: usize = word(ROWS)
  fill(map, entryOf(map, id), ((<u64>GONE) << 32) | id)
}
