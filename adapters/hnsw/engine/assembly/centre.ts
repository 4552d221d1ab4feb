/**
 * The centre: codes are of what a vector has more than it. Under l2 and cosine (of vectors of length one) only differences count; under ip what a product loses by it is
 * kept beside the codes. So rows far from the origin have as fine codes as others. It is the mean of the first rows, looked for when there are few of them: that every code has to be made anew
 * is then a matter of a millisecond; and, where rows come elsewhere than before, of those that live when a compaction begins.
 */
import { takeStorage } from './chunks'
import {
  CENTRE,
  CENTRED,
  FREE,
  HOT,
  LIVE,
  LIVE_ROWS,
  MOST_CODED,
  NEXT_CENTRE,
  places,
  stateOfPlace,
  TOMBSTONES,
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
/** Places that are looked at for it, about. */
const SAMPLE: u32 = 1024
/**
 * Bytes of vectors, and of so many more a row for what it costs whatever its dimensions, whose codes are made anew within a few milliseconds, which is what a
 * write may wait: of a larger index the centre stays.
 */
const MOVABLE: u64 = 15 << 20
const ROW: u32 = 128
/** Beyond it, differences would overflow. */
const MOST: f32 = 1e18

/** At the origin; false where memory ends. */
export function beginCentre(): bool {
  const bytes = word(VECTOR_BYTES)
  // With room for the mean behind it, and behind that the origin.
  const at = takeStorage(3 * bytes)
  if (at == 0) return false
  memory.fill(at, 0, 3 * bytes)
  store<u32>(CENTRE, at)
  store<u32>(CENTRED, 0)
  store<u32>(NEXT_CENTRE, FIRST)
  store<u32>(MOST_CODED, 0)
  return true
}

/** To be called after a row came. What the context holds is lost where the centre moves. */
export function seekCentre(c: usize): void {
  const rows = word(LIVE_ROWS)
  if (rows < word(NEXT_CENTRE)) return
  store<u32>(NEXT_CENTRE, rows < LAST ? rows * TIMES : u32.MAX_VALUE)
  if (isWorthIt()) recentre(c)
}

/** Are the rows elsewhere by now, and few enough that the centre may follow them to their mean, which is known then? */
export function isAstray(): bool {
  const rows: u64 = word(LIVE_ROWS) + word(TOMBSTONES)
  return rows * (word(VECTOR_BYTES) + ROW) <= MOVABLE && isWorthIt()
}

/** Of so many places one is looked at: an odd number, since what comes in pairs is common. */
function stride(): u32 {
  return (places() / SAMPLE) | 1
}

// @ts-ignore: decorator
@inline
function isRow(slot: u32): bool {
  const state = stateOfPlace(slot)
  return state == LIVE || state == HOT
}

/** The mean of live rows: its address, or 0 where none is met. */
function meanOfSome(): usize {
  const bytes: usize = word(VECTOR_BYTES)
  const mean = usize(word(CENTRE)) + bytes
  memory.fill(mean, 0, bytes)
  const end = places()
  const step = stride()
  let rows: u32 = 0
  for (let slot: u32 = 0; slot < end; slot += step) rows += u32(isRow(slot))
  if (rows == 0) return 0
  // Each as a share: the sum would overflow where the mean does not.
  const per = f32x4.splat(1 / <f32>rows)
  for (let slot: u32 = 0; slot < end; slot += step) {
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
function isWorthIt(): bool {
  const mean = meanOfSome()
  if (mean == 0) return false
  const bytes: usize = word(VECTOR_BYTES)
  const centre: usize = word(CENTRE)
  let before: f64 = 0
  let after: f64 = 0
  const end = places()
  const step = stride()
  for (let slot: u32 = 0; slot < end; slot += step) {
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

/**
 * The centre moves to the mean that was known last, and every node gets its codes anew. Whoever searches meanwhile learns it from the count, odd while it
 * lasts, and searches without codes. What the context holds is lost.
 */
export function recentre(c: usize): void {
  atomic.store<u32>(CENTRED, word(CENTRED) + 1)
  const bytes: usize = word(VECTOR_BYTES)
  memory.copy(word(CENTRE), usize(word(CENTRE)) + bytes, bytes)
  store<u32>(MOST_CODED, 0)
  const end = places()
  for (let slot: u32 = 0; slot < end; slot++) {
    if (stateOfPlace(slot) == FREE) continue
    queryOfVector(c, slot)
    storeCodes(c, slot)
  }
  atomic.store<u32>(CENTRED, word(CENTRED) + 1)
}
