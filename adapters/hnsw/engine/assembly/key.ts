import { ordered } from './distance'
import { SCALE, tailOf } from './layout'

/**
 * A key is a distance, whether the slot was a tombstone when it was met, how far the slot's number lies from an origin, and whether its links
 * were followed. So the number of a slot is one dimension more, less than any difference of the others: each of many equal rows links to
 * those beside it, and they are a chain that a search is led along. Were it the same few that come first from everywhere, they would not have
 * places for all.
 */
export const EXPANDED: u64 = 1
const DEAD: u64 = 1 << 30
/** Twice how far the slot is, and 1 less where it lies before the origin. */
const ASIDE: u32 = (1 << 28) - 1
/** The origin from which slots come with the newest first, as a rule. */
export const NEWEST: u32 = (1 << 27) - 1

// @ts-ignore: decorator
@inline
export function slotOf(key: u64, origin: u32 = NEWEST): u32 {
  const aside = (<u32>key >> 1) & ASIDE
  return origin + ((aside >> 1) ^ -(aside & 1))
}

/** The slots of four keys that lie two by two in vectors. */
// @ts-ignore: decorator
@inline
export function slotsOf4(first: v128, second: v128, origin: u32): v128 {
  const low = v128.shuffle<u32>(first, second, 0, 2, 4, 6)
  const aside = v128.and(i32x4.shr_u(low, 1), i32x4.splat(ASIDE))
  const sign = i32x4.neg(v128.and(aside, i32x4.splat(1)))
  return i32x4.add(i32x4.splat(origin), v128.xor(i32x4.shr_u(aside, 1), sign))
}

/** The key of a slot whose codes have their tail there. */
// @ts-ignore: decorator
@inline
export function keyAt(distance: f32, slot: u32, tail: usize, origin: u32): u64 {
  // The sign of the scale is what a tombstone has.
  const dead = load<u32>(tail, SCALE) >> 31
  const beyond = <i32>(slot - origin)
  const aside = <u32>((beyond << 1) ^ (beyond >> 31))
  return ((<u64>ordered(distance)) << 32) | ((<u64>dead) << 30) | ((<u64>aside) << 1)
}

// @ts-ignore: decorator
@inline
export function keyOf(distance: f32, slot: u32, origin: u32 = NEWEST): u64 {
  return keyAt(distance, slot, tailOf(slot), origin)
}

/** Is the slot one before the origin? */
// @ts-ignore: decorator
@inline
export function isBefore(key: u64): bool {
  return (key & 2) != 0
}

// @ts-ignore: decorator
@inline
export function isLiveKey(key: u64): bool {
  return (key & DEAD) == 0
}

/** Are both equally far? */
// @ts-ignore: decorator
@inline
export function isAsFar(a: u64, b: u64): bool {
  return a >> 32 == b >> 32
}
