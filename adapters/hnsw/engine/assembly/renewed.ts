/**
 * Rows that were replaced of late: a search may pass the place of the new row before it is there, and come to the old one when it is a
 * tombstone. So the writer notes each new slot in a ring before it buries the old, and a search looks at what was noted meanwhile.
 */
import { takeStorage } from './chunks'
import { offer } from './found'
import { isFindable, RENEWED, RENEWED_RING, stateOf, word } from './layout'

/** A search that takes longer than so many replacements may miss one of them, and is told so. */
const SLOTS: u32 = 4096

export function beginRenewed(): bool {
  store<u32>(RENEWED, 0)
  store<u32>(RENEWED_RING, takeStorage(SLOTS << 2))
  return word(RENEWED_RING) != 0
}

/** The row in this slot is to be found, and the one that it replaces is still. */
export function noteRenewed(slot: u32): void {
  store<u32>(placeOf(word(RENEWED)), slot)
  atomic.store<u32>(RENEWED, word(RENEWED) + 1)
}

/** Offers what was noted since there were `before` notes. How many are found then. */
export function offerRenewed(c: usize, k: u32, found: u32, before: u32): u32 {
  const now = atomic.load<u32>(RENEWED)
  const first = now - before > SLOTS ? now - SLOTS : before
  for (let i = first; i != now; i++) {
    const slot = load<u32>(placeOf(i))
    if (isFindable(stateOf(slot))) found = offer(c, slot, k, found, true)
  }
  return found
}

/** Was more noted since than the ring holds? */
export function isOverrun(before: u32): bool {
  return atomic.load<u32>(RENEWED) - before > SLOTS
}

// @ts-ignore: decorator
@inline
function placeOf(count: u32): usize {
  return word(RENEWED_RING) + ((count & (SLOTS - 1)) << 2)
}
