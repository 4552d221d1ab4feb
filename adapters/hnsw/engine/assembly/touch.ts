/**
 * Loads that nothing waits for: asked for together, their misses of the cache overlap. As many of them as a processor looks ahead: so it is few instructions that matter here,
 * loops within loops and choices among the loads cost a fifth of a search.
 */
import { placeIn } from './layout'

/** One word of every line of the cache from here on. */
// @ts-ignore: decorator
@inline
export function touch(at: usize, bytes: usize): u32 {
  let touched: u32 = 0
  let line: usize = 0
  for (; line + 256 <= bytes; line += 256) {
    touched |= load<u32>(at + line) | load<u32>(at + line, 64)
    touched |= load<u32>(at + line, 128) | load<u32>(at + line, 192)
  }
  if (line < bytes) {
    touched |= load<u32>(at + line)
    if (line + 64 < bytes) {
      touched |= load<u32>(at + line, 64)
      if (line + 128 < bytes) {
        touched |= load<u32>(at + line, 128)
        if (line + 192 < bytes) touched |= load<u32>(at + line, 192)
      }
    }
  }
  return touched
}

/** The same of the parts, `bytes` each, of every slot (u32, at every `step` bytes) from `slots` to `end`; they lie where `placeIn` says. */
// @ts-ignore: decorator
@inline
export function touchParts(
  slots: usize,
  end: usize,
  step: usize,
  first: usize,
  shift: u32,
  gap: usize,
  bytes: usize,
): u32 {
  let touched: u32 = 0
  if (bytes <= 192) {
    const middle = min<usize>(64, bytes - 4)
    const last = bytes - 4
    for (let at = slots; at < end; at += step) {
      const part = placeIn(first, shift, gap, bytes, load<u32>(at))
      touched |= load<u32>(part) | load<u32>(part + middle) | load<u32>(part + last)
    }
    return touched
  }
  for (let at = slots; at < end; at += step)
    touched |= touch(placeIn(first, shift, gap, bytes, load<u32>(at)), bytes)
  return touched
}
