/**
 * The map of ids: which node holds a row. Open addressing with linear probing (Knuth, TAOCP 3, 6.4, Algorithm L); an entry is one u64, the
 * slot above the id, so that readers see both or neither.
 */
import { giveStorage, takeStorage } from './chunks'
import { NONE, OLD_ROWS, OLD_ROWS_EPOCH, ROWS, word } from './layout'
import { isQuiet, nextEpoch } from './readers'

const EMPTY: u64 = 0xffffffff_ffffffff
/** The slot of a row that was taken out: what lies behind it in its probe sequence is still there. */
const GONE: u32 = NONE - 1

// Words before the entries of a map: entries, as a power of two; those that are not empty.
const BITS: usize = 0
const FILLED: usize = 4
const ENTRIES: usize = 64
const FIRST_BITS: u32 = 6

export function beginRows(): bool {
  store<u32>(OLD_ROWS, 0)
  store<u32>(ROWS, create(FIRST_BITS))
  return word(ROWS) != 0
}

function bytesOf(bits: u32): u32 {
  return <u32>ENTRIES + (8 << bits)
}

function create(bits: u32): u32 {
  const map = takeStorage(bytesOf(bits))
  if (map == 0) return 0
  store<u32>(map, bits, BITS)
  store<u32>(map, 0, FILLED)
  memory.fill(map + <u32>ENTRIES, 0xff, 8 << bits)
  return map
}

/** The slot of a row, or NONE. */
export function find(id: u32): u32 {
  const map: usize = atomic.load<u32>(ROWS)
  const entry = atomic.load<u64>(entryOf(map, id))
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
  const bits = load<u32>(map, BITS)
  // Three quarters full at most.
  if (load<u32>(map, FILLED) < (3 << bits) >> 2) return true
  return rebuild(map, bits)
}

/** Into a map twice as large, or as large where most of what fills it has gone. The old one stays for those who look into it. */
function rebuild(map: usize, bits: u32): bool {
  let rows: u32 = 0
  for (let i: u32 = 0; i < 1 << bits; i++) rows += u32(isRow(entryAt(map, i)))
  const larger = create(rows > (3 << bits) >> 3 ? bits + 1 : bits)
  if (larger == 0) return false
  for (let i: u32 = 0; i < 1 << bits; i++) {
    const entry = entryAt(map, i)
    if (isRow(entry)) fill(larger, entryOf(larger, <u32>entry), entry)
  }
  // Two maps at once are old only where searches of minutes are under way; the older one is then left.
  store<u32>(OLD_ROWS, <u32>map)
  atomic.store<u32>(ROWS, larger)
  store<u32>(OLD_ROWS_EPOCH, nextEpoch())
  giveOld()
  return true
}

function giveOld(): void {
  const old = word(OLD_ROWS)
  if (old == 0 || !isQuiet(word(OLD_ROWS_EPOCH))) return
  store<u32>(OLD_ROWS, 0)
  giveStorage(old, bytesOf(load<u32>(old, BITS)))
}

// @ts-ignore: decorator
@inline
function entryAt(map: usize, place: u32): u64 {
  return load<u64>(map + ENTRIES + (usize(place) << 3))
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

export function remove(id: u32): void {
  const at = entryOf(word(ROWS), id)
  if (load<u64>(at) != EMPTY) atomic.store<u64>(at, ((<u64>GONE) << 32) | id)
}
