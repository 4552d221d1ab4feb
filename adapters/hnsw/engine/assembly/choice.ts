import { CHOICE, NODE, NODE_NORM, NODE_SCALE, TOUCHED } from './context'
import { distances4 } from './distance'
import { keyOf, NEWEST } from './key'
import { CHUNKS, CODE_BYTES, CODE_GAP, codesOf, METRIC, SHIFT, STRIDE, word } from './layout'
import { measureFrom } from './query'
import { touchParts } from './touch'

/** Turns `count` slots, written as the choice's keys (u64 each, three more of room behind), into keys by their distance from `base`, sorted, of that origin. */
export function rankFrom(c: usize, base: u32, count: u32, origin: u32 = NEWEST): void {
  if (count == 0) return
  measureFrom(c, base)
  const choice: usize = load<u32>(c, CHOICE)
  const from: usize = load<u32>(c, NODE)
  const scale = load<f32>(c, NODE_SCALE)
  const norm = load<f32>(c, NODE_NORM)
  const n = word(CODE_BYTES)
  const metric = word(METRIC)
  // Every line of their codes is asked for before the first is needed: the misses of the cache overlap.
  const end = choice + (usize(count) << 3)
  const touched = touchParts(choice, end, 8, word(CHUNKS), word(SHIFT), word(CODE_GAP), word(STRIDE))
  store<u32>(c, touched, TOUCHED)
  const last = load<u64>(choice + ((count - 1) << 3))
  for (let i = count; i < count + 3; i++) store<u64>(choice + (i << 3), last)
  for (let i: u32 = 0; i < count; i += 4) {
    const at = choice + (i << 3)
    const s0 = load<u32>(at)
    const s1 = load<u32>(at, 8)
    const s2 = load<u32>(at, 16)
    const s3 = load<u32>(at, 24)
    const distances = distances4(
      from,
      scale,
      norm,
      codesOf(s0),
      codesOf(s1),
      codesOf(s2),
      codesOf(s3),
      n,
      metric,
    )
    store<u64>(at, keyOf(f32x4.extract_lane(distances, 0), s0, origin))
    if (i + 1 < count) store<u64>(at, keyOf(f32x4.extract_lane(distances, 1), s1, origin), 8)
    if (i + 2 < count) store<u64>(at, keyOf(f32x4.extract_lane(distances, 2), s2, origin), 16)
    if (i + 3 < count) store<u64>(at, keyOf(f32x4.extract_lane(distances, 3), s3, origin), 24)
  }
  sort(choice, count)
}

/** Insertion sort while there are few, else heap sort: lists of links are short, those of heirs may hold a thousand. */
function sort(keys: usize, count: u32): void {
  if (count > 64) {
    for (let i: i32 = (count >> 1) - 1; i >= 0; i--) sink(keys, <u32>i, count)
    for (let end = count - 1; end > 0; end--) {
      const first = load<u64>(keys)
      store<u64>(keys, load<u64>(keys + (end << 3)))
      store<u64>(keys + (end << 3), first)
      sink(keys, 0, end)
    }
    return
  }
  for (let i: u32 = 1; i < count; i++) {
    const key = load<u64>(keys + (i << 3))
    let j = i
    for (; j > 0; j--) {
      const before = load<u64>(keys + ((j - 1) << 3))
      if (before <= key) break
      store<u64>(keys + (j << 3), before)
    }
    store<u64>(keys + (j << 3), key)
  }
}

function sink(keys: usize, from: u32, count: u32): void {
  const key = load<u64>(keys + (from << 3))
  let at = from
  for (;;) {
    let child: u32 = 2 * at + 1
    if (child >= count) break
    if (child + 1 < count && load<u64>(keys + ((child + 1) << 3)) > load<u64>(keys + (child << 3)))
      child++
    const larger = load<u64>(keys + (child << 3))
    if (larger <= key) break
    store<u64>(keys + (at << 3), larger)
    at = child
  }
  store<u64>(keys + (at << 3), key)
}
