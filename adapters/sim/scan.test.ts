import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Metric } from '../../harness/model/index.ts'
import { createRows, STATE } from './rows.ts'
import { nearest, wanting } from './scan.ts'

const shown = wanting('state', STATE.shown)

const filled = (vectors: readonly Float32Array[], ids = vectors.map((_, i) => i)) => {
  const store = createRows(vectors[0]!.length)
  vectors.forEach((vector, i) => {
    store.setState(store.put(ids[i]!, 0, vector), STATE.shown)
  })
  return store
}

/** The definition, one term after the other. */
const distance = (metric: Metric, a: Float32Array, b: Float32Array): number => {
  let dot = 0
  let aa = 0
  let bb = 0
  let far = 0
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
    far += (a[i]! - b[i]!) * (a[i]! - b[i]!)
  }
  if (metric === 'l2') return far
  if (metric === 'ip') return -dot
  return aa * bb === 0 ? 1 : 1 - dot / Math.sqrt(aa) / Math.sqrt(bb)
}

test('by eye: three points on a line', () => {
  const rows = filled([Float32Array.of(5, 0), Float32Array.of(1, 0), Float32Array.of(2, 0)]).rows()
  assert.deepEqual([...nearest(rows, Float32Array.of(0, 0), 2, 'l2', shown)], [1, 2])
  assert.deepEqual([...nearest(rows, Float32Array.of(1, 0), 2, 'ip', shown)], [0, 2])
})

test('equal distances go by id, not by slot', () => {
  const same = Float32Array.of(1, 1)
  const rows = filled([same, same, same], [9, 4, 7]).rows()
  for (const metric of ['l2', 'cosine', 'ip'] as const) {
    assert.deepEqual([...nearest(rows, same, 3, metric, shown)], [1, 2, 0])
  }
})

test('hidden rows are not seen, unreachable ones only if asked for', () => {
  const store = filled([Float32Array.of(0), Float32Array.of(1), Float32Array.of(2)])
  store.free(0)
  store.setState(1, STATE.unreachable)
  const origin = Float32Array.of(0)
  assert.deepEqual([...nearest(store.rows(), origin, 3, 'l2', shown)], [2])
  assert.deepEqual(
    [...nearest(store.rows(), origin, 3, 'l2', wanting('state', STATE.shown, STATE.unreachable))],
    [1, 2],
  )
})

test('the k nearest are those of a full sort, for any metric, length and k', () => {
  const small = fc.integer({ min: -3, max: 3 })
  const cases = fc.integer({ min: 1, max: 70 }).chain((dimensions) => {
    const vector = fc
      .array(small, { minLength: dimensions, maxLength: dimensions })
      .map((numbers) => Float32Array.from(numbers))
    return fc.record({
      vectors: fc.array(vector, { minLength: 1, maxLength: 40 }),
      query: vector,
      k: fc.integer({ min: 1, max: 50 }),
      metric: fc.constantFrom('l2' as const, 'cosine' as const, 'ip' as const),
    })
  })
  fc.assert(
    fc.property(cases, ({ vectors, query, k, metric }) => {
      const found = [...nearest(filled(vectors).rows(), query, k, metric, shown)]
      const far = vectors.map((vector) => distance(metric, query, vector))
      const sorted = [...far].sort((a, b) => a - b).slice(0, k)
      assert.equal(new Set(found).size, sorted.length)
      // By distance, not by slot: cosines that are equal on paper differ in the last bit.
      found.forEach((slot, i) => {
        assert.ok(Math.abs(far[slot]! - sorted[i]!) <= 1e-12)
      })
    }),
  )
})
