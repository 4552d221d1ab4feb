/** One word of every line of the cache from here on. Loads that nothing waits for: asked for together, their misses overlap. */
// @ts-ignore: decorator
@inline
export function touch(at: usize, bytes: usize): u32 {
  let touched: u32 = 0
  for (let line: usize = 0; line < bytes; line += 64) touched |= load<u32>(at + line)
  return touched
}
