/** The highest layer that a node may have; the layout of a node's state has room for it. */
const TOP = 15

/** l = ⌊−ln(uniform(0, 1)) · mL⌋ with mL = 1 / ln M (paper, §4), at most 15; uniform from mulberry32 (Ettinger 2017). */
export const createLevels = (M: number, seed: number): (() => number) => {
  const mL = 1 / Math.log(M)
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    const uniform = (((t ^ (t >>> 14)) >>> 0) + 1) / 4294967296
    return Math.min(TOP, Math.floor(-Math.log(uniform) * mL))
  }
}
