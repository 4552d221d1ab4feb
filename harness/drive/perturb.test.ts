import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PERTURBATION, perturbed } from './perturb.ts'

const length = (vector: Float32Array): number =>
  Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))

test('seed 0 asks with the vector itself, in a copy', () => {
  const vector = Float32Array.of(1, 2, 3)
  const same = perturbed(vector, 0)
  assert.deepEqual(same, vector)
  assert.notEqual(same.buffer, vector.buffer)
})

test('the perturbation has a fixed relative size, and is the same for the same seed', () => {
  const component = fc.float({ min: -100, max: 100, noNaN: true })
  const vectors = fc.array(component, { minLength: 8, maxLength: 64 })
  fc.assert(
    fc.property(vectors, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (list, seed) => {
      const vector = Float32Array.from(list)
      fc.pre(length(vector) > 1)
      const moved = perturbed(vector, seed)
      assert.deepEqual(moved, perturbed(vector, seed))
      const relative = length(moved.map((x, i) => x - vector[i]!)) / length(vector)
      assert.ok(Math.abs(relative / PERTURBATION - 1) < 0.01, `relative size ${relative}`)
    }),
  )
})

test('different seeds ask in different directions', () => {
  const vector = new Float32Array(64).fill(1)
  assert.notDeepEqual(perturbed(vector, 1), perturbed(vector, 2))
  assert.deepEqual(perturbed(new Float32Array(4), 9), new Float32Array(4))
})
