/**
 * Places of `keys` (whole numbers from 0 to 2^53) in ascending order, equal keys in the order they came: a
 * radix sort of their low and then their high 32-bit words. The words move along with the places, so that memory is read
 * from front to back.
 */
export const stableOrder = (keys: Float64Array): Uint32Array => {
  const { low, high } = wordsOf(keys)
  const order = sorted({ word: low, place: low.map((_, i) => i) })
  if (high === null) return order
  return sorted({ word: order.map((place) => high[place]!), place: order })
}

/** The keys as two columns of words; `high` is null where all of them are 0. */
const wordsOf = (keys: Float64Array): { low: Uint32Array; high: Uint32Array | null } => {
  const low = new Uint32Array(keys.length)
  let high: Uint32Array | null = null
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const above = Math.floor(key / 0x1_0000_0000)
    low[i] = key - above * 0x1_0000_0000
    if (above === 0) continue
    high ??= new Uint32Array(keys.length)
    high[i] = above
  }
  return { low, high }
}

/** Words, and the places of the keys that they belong to. */
interface Words {
  readonly word: Uint32Array
  readonly place: Uint32Array
}

/** Bits of a digit: as many heaps as a core writes to without losing sight of them. */
const DIGIT = 11
const DIGITS = 1 << DIGIT

/** The places, stably ordered by their words; both columns are overwritten. */
const sorted = (words: Words): Uint32Array => {
  const { length } = words.word
  let from = words
  let into: Words = { word: new Uint32Array(length), place: new Uint32Array(length) }
  for (let shift = 0; shift < 32; shift += DIGIT) {
    if (!scatter(from, shift, into)) continue
    const done = into
    into = from
    from = done
  }
  return from.place
}

/** One pass: everything by one digit of its word, stably. False, and nothing is written, where all digits are the same. */
const scatter = (from: Words, shift: number, into: Words): boolean => {
  const { word, place } = from
  const starts = new Uint32Array(DIGITS + 1)
  for (let i = 0; i < word.length; i++) starts[((word[i]! >>> shift) & (DIGITS - 1)) + 1]!++
  if (starts.includes(word.length)) return false
  for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!
  for (let i = 0; i < word.length; i++) {
    const next = starts[(word[i]! >>> shift) & (DIGITS - 1)]!++
    into.word[next] = word[i]!
    into.place[next] = place[i]!
  }
  return true
}
