import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packed } from './packed.ts'

test('a packed column gives back what was put into it, to the bit, however many numbers are different', () => {
  const place = fc.nat(9_999)
  const value = fc.oneof(
    fc.nat(300),
    fc.double().map((x) => x + 0),
    fc.constantFrom(1 / 3, 0.1),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(place, value), { maxLength: 2_000 }), (written) => {
      const plain = new Float64Array(10_000).fill(Number.NaN)
      const column = packed(10_000, Number.NaN)
      for (const [at, number] of written) {
        plain[at] = number
        column.set(at, number)
      }
      for (let at = 0; at < plain.length; at++) assert.ok(Object.is(column.at(at), plain[at]! + 0))
    }),
    { numRuns: 50 },
  )
})
