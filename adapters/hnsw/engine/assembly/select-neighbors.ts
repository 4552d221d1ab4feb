import { CHOICE, CHOSEN, NODE, NODE_NORM, NODE_SCALE } from './context'
import { distances4, unordered4 } from './distance'
import { isAsFar, isBefore, NEWEST, slotOf, slotsOf4 } from './key'
import { CODE_BYTES, codesOf, M, METRIC, SIMPLE, word } from './layout'
import { measureFrom } from './query'

/** By the rule that the index was made with; the first `kept` are chosen already. The origin is that of the keys. */
export function selectNeighbors(
  c: usize,
  count: u32,
  most: u32,
  alpha: f32 = 1,
  kept: u32 = 0,
  origin: u32 = NEWEST,
): u32 {
  return word(SIMPLE)
    ? selectNeighborsSimple(c, count, most, kept, origin)
    : selectNeighborsHeuristic(c, count, most, alpha, kept, origin)
}

/** Algorithm 3, SELECT-NEIGHBORS-SIMPLE: the nearest of the `count` sorted keys of the choice, up to `most`. How many are chosen. */
function selectNeighborsSimple(c: usize, count: u32, most: u32, kept: u32, origin: u32): u32 {
  const chosen = min(kept + count, most)
  for (let i = kept; i < chosen; i++) {
    const key = load<u64>(load<u32>(c, CHOICE) + ((i - kept) << 3))
    store<u32>(load<u32>(c, CHOSEN) + (i << 2), slotOf(key, origin))
  }
  return chosen
}

/**
 * Algorithm 4, SELECT-NEIGHBORS-HEURISTIC, without its two extensions: of the `count` sorted keys of the choice, each is chosen that is nearer to
 * the base than, by the factor `alpha`, to every one chosen before it (RobustPrune of DiskANN, with squared distances under l2; 1 is the
 * paper's rule). Up to `most`. How many are chosen. The choice has room for three keys more, and is used up. Nodes that are equal to the base
 * cover nothing: they are chosen on each side of the origin up to a quarter of M, and the rest of the list leads elsewhere.
 */
function selectNeighborsHeuristic(
  c: usize,
  count: u32,
  most: u32,
  alpha: f32,
  kept: u32,
  origin: u32,
): u32 {
  const choice: usize = load<u32>(c, CHOICE)
  const chosen: usize = load<u32>(c, CHOSEN)
  for (let i: u32 = 0; i < kept && count > 0; i++) {
    count = withoutCovered(c, load<u32>(chosen + (i << 2)), choice, count, alpha, origin)
  }
  let size = kept
  const beside = (word(M) + 3) >> 2
  let before: u32 = 0
  let behind: u32 = 0
  // The first of those that none covers is chosen, and those that it covers fall away.
  for (; count > 0 && size < most; size++) {
    const key = load<u64>(choice)
    const slot = slotOf(key, origin)
    store<u32>(chosen + (size << 2), slot)
    if (size + 1 == most) continue
    count = withoutCovered(c, slot, choice + 8, count - 1, alpha, origin)
    if (count == 0 || !isEqual(key, load<u64>(choice), origin)) {
      before = behind = 0
      continue
    }
    if (isBefore(key)) before++
    else behind++
    if (max(before, behind) >= beside) count = withoutEquals(choice, count, key, origin)
  }
  return size
}

/** Of the `count` keys that begin at `rest`, those stay in the choice that are not nearer to the slot, by the factor alpha, than to the base. How many. */
function withoutCovered(
  c: usize,
  slot: u32,
  rest: usize,
  count: u32,
  alpha: f32,
  origin: u32,
): u32 {
  if (count == 0) return 0
  measureFrom(c, slot)
  const choice: usize = load<u32>(c, CHOICE)
  const from: usize = load<u32>(c, NODE)
  const scale = load<f32>(c, NODE_SCALE)
  const norm = load<f32>(c, NODE_NORM)
  const n = word(CODE_BYTES)
  const metric = word(METRIC)
  const end = rest + (usize(count) << 3)
  const last = load<u64>(end - 8)
  for (let at = end; at < end + 24; at += 8) store<u64>(at, last)
  let into = choice
  for (let at = rest; at < end; at += 32) {
    const k0 = load<u64>(at)
    const k1 = load<u64>(at, 8)
    const k2 = load<u64>(at, 16)
    const k3 = load<u64>(at, 24)
    const slots = slotsOf4(v128.load(at), v128.load(at, 16), origin)
    const distances = distances4(
      from,
      scale,
      norm,
      codesOf(i32x4.extract_lane(slots, 0)),
      codesOf(i32x4.extract_lane(slots, 1)),
      codesOf(i32x4.extract_lane(slots, 2)),
      codesOf(i32x4.extract_lane(slots, 3)),
      n,
      metric,
    )
    // What stands in a key above its slot is its distance from the base, ordered as an integer.
    const base = unordered4(v128.shuffle<u32>(v128.load(at), v128.load(at, 16), 1, 3, 5, 7))
    const isNegative = f32x4.lt(base, f32x4.splat(0))
    const factor = v128.bitselect(f32x4.splat(1 / alpha), f32x4.splat(alpha), isNegative)
    // What fills the last four up is not kept.
    const beyond = end - at < 32 ? 15 << (u32(end - at) >> 3) : 0
    const covered = i32x4.bitmask(f32x4.lt(f32x4.mul(distances, factor), base)) | beyond
    store<u64>(into, k0)
    into += (~covered & 1) << 3
    store<u64>(into, k1)
    into += (~covered & 2) << 2
    store<u64>(into, k2)
    into += (~covered & 4) << 1
    store<u64>(into, k3)
    into += ~covered & 8
  }
  return u32(into - choice) >> 3
}

/** Are both as far, and of the same codes? */
function isEqual(a: u64, b: u64, origin: u32): bool {
  if (!isAsFar(a, b)) return false
  const from = codesOf(slotOf(a, origin))
  return memory.compare(from, codesOf(slotOf(b, origin)), word(CODE_BYTES)) == 0
}

/** Of the `count` keys of the choice, those that are not equal to this one and on the same side of the origin. How many. */
function withoutEquals(choice: usize, count: u32, key: u64, origin: u32): u32 {
  let rest: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const other = load<u64>(choice + (i << 3))
    store<u64>(choice + (rest << 3), other)
    rest += u32(isBefore(other) != isBefore(key) || !isEqual(key, other, origin))
  }
  return rest
}
