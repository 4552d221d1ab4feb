import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DISTANCES, prepared } from './distance.ts'

const a = Float32Array.of(9, 1, 2, 3, 4)
const b = Float32Array.of(1, 0, 2, 5)

test('each metric by hand, from an offset on', () => {
  assert.equal(DISTANCES.l2(a, 1, b, 0, 4), 0 + 4 + 1 + 1)
  assert.equal(DISTANCES.ip(a, 1, b, 0, 4), -(1 + 0 + 6 + 20))
  assert.equal(DISTANCES.cosine(a, 1, b, 0, 4), 1 - 27)
})

test('cosine vectors are stored with length one; the others, and a zero vector, as they are', () => {
  assert.deepEqual(prepared('cosine', Float32Array.of(3, 4)), Float32Array.of(0.6, 0.8))
  assert.deepEqual(prepared('cosine', Float32Array.of(0, 0)), Float32Array.of(0, 0))
  assert.deepEqual(prepared('l2', Float32Array.of(3, 4)), Float32Array.of(3, 4))
})
