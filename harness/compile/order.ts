/**
 * Places of `keys` (whole numbers from 0 to 2^53) in ascending order, equal keys in the order they came: a
 * radix sort by 16 bits.
 */
export const stableOrder = (keys: Float64Array): Uint32Array => {
  const n = keys.length
  const largest = keys.reduce((most, key) => Math.max(most, key), 0)
  let order: Uint32Array = Uint32Array.from(keys, (_, i) => i)
  let other = new Uint32Array(n)
  for (let unit = 1; unit <= largest; unit *= 0x10000) {
    const starts = new Uint32Array(0x10001)
    const digit = (i: number): number => Math.floor(keys[i]! / unit) % 0x10000
    for (let i = 0; i < n; i++) starts[digit(i) + 1]!++
    for (let d = 0; d < 0x10000; d++) starts[d + 1]! += starts[d]!
    for (let i = 0; i < n; i++) {
      const from = order[i]!
      other[starts[digit(from)]!++] = from
    }
    ;[order, other] = [other, order as Uint32Array<ArrayBuffer>]
  }
  return order
}
