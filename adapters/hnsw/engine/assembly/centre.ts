/**
 * The centre: codes are of what a vector has more than it, since under l2 and cosine (of vectors of length one) only differences count. So rows far from
 * the origin have as fine codes as others. It is the mean of the first rows, looked for when there are few of them: that every code has to be made anew
 * is then a matter of a millisecond.
 */
import { takeStorage } from './chunks'
import {
  CENTRE,
  CENTRED,
  FREE,
  HOT,
  IP,
  LIVE,
  LIVE_ROWS,
  METRIC,
  NEXT_CENTRE,
  places,
  stateOfPlace,
  VECTOR_BYTES,
  vectorOf,
  word,
} from './layout'
import { farthestFrom, queryOfVector, storeCodes } from './query'

/** Rows at which it is looked for: at the first, and each time that there are so many times as many, up to the last. */
const FIRST: u32 = 32
const TIMES: u32 = 8
const LAST: u32 = 2048
/**
 * It moves if the mean square of the steps of codes becomes so much of what it was: rows that a centre does little for may have codes that tell them
 * exactly, such as zeros and ones.
 */
const SHARE: f64 = 0.5
/** Beyond it, differences would overflow. */
const MOST: f32 = 1e18

/** At the origin; false where memory ends. */
export function beginCentre(): bool {
  const bytes = word(VECTOR_BYTES)
  // With room for the mean beside it.
  const at = takeStorage(2 * bytes)
  if (at == 0) return false
  memory.fill(at, 0, 2 * bytes)
  store<u32>(CENTRE, at)
  store<u32>(CENTRED, 0)
  store<u32>(NEXT_CENTRE, word(METRIC) == IP ? <u32>u32.MAX_VALUE : FIRST)
  return true
}

/** To be called after a row came. What the context holds is lost where the centre moves. */
export function seekCentre(c: usize): void {
  const rows = word(LIVE_ROWS)
  if (rows < word(NEXT_CENTRE)) return
  store<u32>(NEXT_CENTRE, rows < LAST ? rows * TIMES : u32.MAX_VALUE)
  const mean = meanOf(rows)
  if (isWorthIt(mean)) moveTo(c, mean)
}

// @ts-ignore: decorator
@inline
function isRow(slot: u32): bool {
  const state = stateOfPlace(slot)
  return state == LIVE || state == HOT
}

/** The mean of the live rows: its address. */
function meanOf(rows: u32): usize {
  const bytes: usize = word(VECTOR_BYTES)
  const mean = usize(word(CENTRE)) + bytes
  memory.fill(mean, 0, bytes)
  // Each as a share: the sum would overflow where the mean does not.
  const per = f32x4.splat(1 / <f32>rows)
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    if (!isRow(slot)) continue
    const vector = vectorOf(slot)
    for (let i: usize = 0; i < bytes; i += 16) {
      const more = f32x4.mul(v128.load(vector + i), per)
      v128.store(mean + i, f32x4.add(v128.load(mean + i), more))
    }
  }
  return mean
}

/** Do steps of the codes become so much finer? */
function isWorthIt(mean: usize): bool {
  const bytes: usize = word(VECTOR_BYTES)
  const centre: usize = word(CENTRE)
  let before: f64 = 0
  let after: f64 = 0
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    if (!isRow(slot)) continue
    before += squared(farthestFrom(centre, vectorOf(slot), bytes))
    after += squared(farthestFrom(mean, vectorOf(slot), bytes))
  }
  // What is no number is not worth it.
  return after < SHARE * before && farthestFrom(mean, centre, bytes) < MOST
}

// @ts-ignore: decorator
@inline
function squared(x: f64): f64 {
  return x * x
}

/** Every node gets its codes anew. Whoever searches meanwhile learns it from the count, odd while it lasts, and searches without codes. */
function moveTo(c: usize, mean: usize): void {
  atomic.store<u32>(CENTRED, word(CENTRED) + 1)
  memory.copy(word(CENTRE), mean, word(VECTOR_BYTES))
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    if (stateOfPlace(slot) == FREE) continue
    queryOfVector(c, slot)
    storeCodes(c, slot)
  }
  atomic.store<u32>(CENTRED, word(CENTRED) + 1)
}
