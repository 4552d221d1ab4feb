import { CHOICE, CHOSEN, NODE, NODE_NORM, NODE_SCALE } from './context'
import { distances4, unordered } from './distance'
import { CODE_BYTES, codesOf, METRIC, SIMPLE, word } from './layout'
import { measureFrom } from './query'
import { slotOf } from './search-layer'

/** By the rule that the index was made with. */
export function selectNeighbors(c: usize, count: u32, most: u32, alpha: f32): u32 {
  return word(SIMPLE)
    ? selectNeighborsSimple(c, count, most)
    : selectNeighborsHeuristic(c, count, most, alpha)
}

/** Algorithm 3, SELECT-NEIGHBORS-SIMPLE: the nearest `most` of the `count` sorted keys of the choice. How many were chosen. */
function selectNeighborsSimple(c: usize, count: u32, most: u32): u32 {
  const chosen = min(count, most)
  for (let i: u32 = 0; i < chosen; i++) {
    const key = load<u64>(load<u32>(c, CHOICE) + (i << 3))
    store<u32>(load<u32>(c, CHOSEN) + (i << 2), slotOf(key))
  }
  return chosen
}

/**
 * Algorithm 4, SELECT-NEIGHBORS-HEURISTIC, without its two extensions: of the `count` sorted keys of the choice, each is chosen that is nearer to
 * the base than, by the factor `alpha`, to every one chosen before it (RobustPrune of DiskANN, with squared distances under l2; 1 is the
 * paper's rule). At most `most`. How many were chosen.
 */
function selectNeighborsHeuristic(c: usize, count: u32, most: u32, alpha: f32): u32 {
  const choice: usize = load<u32>(c, CHOICE)
  const chosen: usize = load<u32>(c, CHOSEN)
  let size: u32 = 0
  for (let i: u32 = 0; i < count && size < most; i++) {
    const key = load<u64>(choice + (i << 3))
    const slot = slotOf(key)
    if (size > 0 && isCovered(c, chosen, size, slot, <u32>(key >> 32), alpha)) continue
    store<u32>(chosen + (size << 2), slot)
    size++
  }
  return size
}

/** Is one of the chosen nearer to the slot than the base is? */
function isCovered(c: usize, chosen: usize, size: u32, slot: u32, toBase: u32, alpha: f32): bool {
  measureFrom(c, slot)
  const from: usize = load<u32>(c, NODE)
  const scale = load<f32>(c, NODE_SCALE)
  const norm = load<f32>(c, NODE_NORM)
  const n = word(CODE_BYTES)
  const metric = word(METRIC)
  const base = unordered(toBase)
  const bound = f32x4.splat(base)
  const factor = f32x4.splat(base < 0 ? 1 / alpha : alpha)
  const last = load<u32>(chosen + ((size - 1) << 2))
  store<u32>(chosen + (size << 2), last)
  store<u32>(chosen + ((size + 1) << 2), last)
  store<u32>(chosen + ((size + 2) << 2), last)
  for (let i: u32 = 0; i < size; i += 4) {
    const at = chosen + (i << 2)
    const distances = distances4(
      from,
      scale,
      norm,
      codesOf(load<u32>(at)),
      codesOf(load<u32>(at, 4)),
      codesOf(load<u32>(at, 8)),
      codesOf(load<u32>(at, 12)),
      n,
      metric,
    )
    if (v128.any_true(f32x4.lt(f32x4.mul(distances, factor), bound))) return true
  }
  return false
}
