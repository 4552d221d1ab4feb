/**
 * Places of `keys` (whole numbers from 0 to 2^53) in ascending order, equal keys in the order they came: a
 * radix sort by 16 bits of their low and high 32-bit words.
 */
export const stableOrder = (keys: Float64Array): Uint32Array => {
  const { low, high } = wordsOf(keys)
  let order = new Uint32Array(keys.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  let other = new Uint32Array(keys.length)
  for (const word of high === null ? [low] : [low, high]) {
    for (const shift of [0, 16]) {
      if (!scatter(word, shift, order, other)) continue
      const sorted = other
      other = order
      order = sorted
    }
  }
  return order
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

/** One pass: `order` by one digit of `word` into `sorted`, stably. False, and nothing is written, where all digits are the same. */
const scatter = (
  word: Uint32Array,
  shift: number,
  order: Uint32Array,
  sorted: Uint32Array,
): boolean => {
  const starts = new Uint32Array(0x10001)
  for (let i = 0; i < word.length; i++) starts[((word[i]! >>> shift) & 0xffff) + 1]!++
  if (starts.includes(word.length)) return false
  for (let digit = 0; digit < 0x10000; digit++) starts[digit + 1]! += starts[digit]!
  for (let i = 0; i < order.length; i++) {
    const from = order[i]!
    sorted[starts[(word[from]! >>> shift) & 0xffff]!++] = from
  }
  return true
}
