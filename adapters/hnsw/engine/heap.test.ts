import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHeap, pop, push, replaceTop } from './heap.ts'
import type { Slot } from './slots.ts'

const drain = (heap: ReturnType<typeof createHeap>): number[] => {
  const keys: number[] = []
  while (heap.size > 0) {
    keys.push(heap.keys[0]!)
    pop(heap)
  }
  return keys
}

test('what goes in comes out in order, each key with its slot, beyond the first capacity too', () => {
  const keys = fc.array(fc.integer(), { maxLength: 700, size: 'max' })
  fc.assert(
    fc.property(keys, (list) => {
      const heap = createHeap()
      for (const [i, key] of list.entries()) push(heap, key, i as Slot)
      assert.equal(heap.size === 0 || list[heap.slots[0]!] === heap.keys[0], true)
      assert.deepEqual(
        drain(heap),
        [...Float64Array.from(list)].sort((x, y) => x - y),
      )
    }),
  )
})

test('the top gives way to another entry', () => {
  const heap = createHeap()
  for (const key of [1, 2, 3]) push(heap, key, key as Slot)
  replaceTop(heap, 5, 5 as Slot)
  assert.deepEqual(drain(heap), [2, 3, 5])
})
