/**
 * Grace for readers: a search says when it began, and what is cut off is used again only when every search that may still see it has
 * ended (epoch-based reclamation; Fraser 2004, Practical lock-freedom, §5.2.3).
 */
import { EPOCH, READER_EPOCHS, READERS, word } from './layout'

/** The reader is at no search: also for a thread that died in the midst of one. */
export function leaveReaders(reader: u32): void {
  atomic.store<u32>(READER_EPOCHS + (reader << 2), 0)
}

/** `at` is where the reader's epoch stands, or 0 for the writer, which needs no grace. */
// @ts-ignore: decorator
@inline
export function beginRead(at: usize): void {
  if (at != 0) atomic.store<u32>(at, atomic.load<u32>(EPOCH))
}

// @ts-ignore: decorator
@inline
export function endRead(at: usize): void {
  if (at != 0) atomic.store<u32>(at, 0)
}

/** Begins a new epoch: what has been cut off may be used again once `isQuiet` says so of this number. */
export function nextEpoch(): u32 {
  const next = word(EPOCH) + 1
  atomic.store<u32>(EPOCH, next)
  return next
}

/** Has every search ended that began before this epoch? */
export function isQuiet(epoch: u32): bool {
  for (let i: u32 = 0; i < READERS; i++) {
    const began = atomic.load<u32>(READER_EPOCHS + (i << 2))
    if (began != 0 && began < epoch) return false
  }
  return true
}
