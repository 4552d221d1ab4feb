import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Dataset, Metric } from '../model/index.ts'
import { eligibility } from './eligible.ts'
import { scenarioOf } from './scenario.fixture.ts'
import type { WriteLog } from './write-log.ts'

const datasetOf = (rows: readonly (readonly number[])[]): Dataset => {
  const dimensions = rows[0]!.length
  const flat = Float32Array.from(rows.flat())
  const vectors = {
    count: rows.length,
    dimensions,
    at: (i: number) => flat.subarray(i * dimensions, (i + 1) * dimensions),
    slice: (a: number, b: number) => flat.slice(a * dimensions, b * dimensions),
  }
  return {
    name: 'few',
    fingerprint: '',
    rows: rows.length,
    revisions: 1,
    models: [{ dimensions, vectors, queries: vectors }],
    cluster: () => 0,
    source: { kind: 'memory' },
  }
}

/** Row i is inserted at second i. */
const inserts = (count: number): WriteLog => ({
  count,
  op: Uint32Array.from({ length: count }, (_, i) => i),
  due: Float64Array.from({ length: count }, (_, i) => i),
  id: Uint32Array.from({ length: count }, (_, i) => i),
  version: new Uint32Array(count),
  what: new Uint8Array(count),
  space: new Uint8Array(count),
  before: new Float64Array(count).fill(Number.NaN),
})

const eligibleOf = (
  rows: readonly (readonly number[])[],
  metric: Metric,
  k: number,
  deadline = 1e9,
) => {
  const scenario = { ...scenarioOf(), metric, k, preload: 0 }
  const eligible = eligibility(scenario, datasetOf(rows), inserts(rows.length), deadline)
  return rows.map((_, i) => eligible(i))
}

test('l2: k equal vectors beside its own make a row ineligible', () => {
  const rows = [
    [1, 2],
    [1, 2],
    [1, 2],
    [3, 4],
    [3, 4],
  ]
  assert.deepEqual(eligibleOf(rows, 'l2', 2), [false, false, false, true, true])
  assert.deepEqual(eligibleOf(rows, 'l2', 1), [false, false, false, false, false])
  assert.deepEqual(eligibleOf(rows, 'l2', 3), [true, true, true, true, true])
})

test('cosine: equal directions, whatever the length', () => {
  const rows = [
    [1, 2],
    [3, 6],
    [0.1, 0.2],
    [-1, -2],
    [1, 2.001],
  ]
  assert.deepEqual(eligibleOf(rows, 'cosine', 2), [false, false, false, true, true])
})

test('ip: rows further along the same way outrank a row', () => {
  const rows = [
    [1, 0],
    [2, 0],
    [3, 5],
    [0, -1],
  ]
  assert.deepEqual(eligibleOf(rows, 'ip', 2), [false, true, true, true])
  assert.deepEqual(eligibleOf(rows, 'ip', 1), [false, false, true, true])
})

test('a row that is written after the deadline is no rival', () => {
  assert.deepEqual(
    eligibleOf(
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      'l2',
      1,
      1,
    ),
    [false, false, false],
  )
  assert.deepEqual(
    eligibleOf(
      [
        [1, 2],
        [3, 4],
        [1, 2],
      ],
      'l2',
      1,
      1,
    ),
    [true, true, false],
  )
})

test('a delete of a row that its collection does not hold is not asked for', () => {
  const log = { ...inserts(1), what: Uint8Array.of(2) }
  assert.equal(eligibility(scenarioOf(), datasetOf([[1, 2]]), log, 1)(0), false)
})

test('as by brute force, on vectors of few values', () => {
  const value = fc.integer({ min: -2, max: 2 })
  const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom<Metric>('l2', 'cosine', 'ip'),
      fc.integer({ min: 1, max: 4 }),
      (list, metric, k) => {
        const dot = (x: readonly number[], y: readonly number[]) =>
          x.reduce((sum, v, d) => sum + v * y[d]!, 0)
        const nearer = (x: readonly number[], y: readonly number[]): boolean => {
          if (metric === 'l2') return x.every((v, d) => v === y[d])
          if (metric === 'ip') return dot(x, y) >= dot(x, x)
          if (dot(x, x) === 0 || dot(y, y) === 0) return dot(x, x) === dot(y, y)
          return dot(x, y) > 0 && dot(x, y) ** 2 === dot(x, x) * dot(y, y)
        }
        const expected = list.map(
          (x, i) => list.filter((y, j) => i !== j && nearer(x, y)).length < k,
        )
        assert.deepEqual(eligibleOf(list, metric, k), expected)
      },
    ),
  )
})
