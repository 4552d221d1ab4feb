import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stableOrder } from './order.ts'

test('the order is that of a stable sort', () => {
  const key = fc.oneof(fc.nat(3), fc.nat(), fc.integer({ min: 0, max: 2 ** 50 }))
  fc.assert(
    fc.property(fc.array(key), (keys) => {
      const expected = keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!)
      assert.deepEqual([...stableOrder(Float64Array.from(keys))], expected)
    }),
  )
})
