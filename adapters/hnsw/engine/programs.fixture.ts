/** Programs of operations, and the map that they are held against. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Hits, Hnsw, Metric } from './index.ts'

interface Row {
  readonly version: number
  readonly vector: readonly number[]
}
export type Oracle = Map<number, Row>

/** Distances in float64 from the definition of each metric. */
const measure = (metric: Metric, a: readonly number[], b: readonly number[]): number => {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  if (metric === 'l2') return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
  if (metric === 'ip') return -dot(a, b)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 1 : 1 - dot(a, b) / lengths
}

/** What holds for every answer: min(k, live) different live rows, their versions, their distances, nearest first. */
export const checkHits = (
  hits: Hits,
  rows: Oracle,
  metric: Metric,
  query: number[],
  k: number,
): void => {
  assert.equal(hits.ids.length, Math.min(k, rows.size), 'min(k, live) rows')
  assert.equal(new Set(hits.ids).size, hits.ids.length, 'no row twice')
  hits.ids.forEach((id, i) => {
    const row = rows.get(id)
    assert.ok(row, `row ${id} is live`)
    assert.equal(hits.versions[i], row.version)
    near(hits.distances[i]!, measure(metric, row.vector, query))
    assert.ok(i === 0 || hits.distances[i - 1]! <= hits.distances[i]!, 'nearest first')
  })
}
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`)

const checkExact = (hits: Hits, rows: Oracle, metric: Metric, query: number[], k: number): void => {
  checkHits(hits, rows, metric, query, k)
  const truth = [...rows.values()].map((row) => measure(metric, row.vector, query))
  truth.sort((a, b) => a - b)
  hits.distances.forEach((distance, i) => {
    near(distance, truth[i]!)
  })
}

/** Few ids and coarse vectors, so that replacing, deleting what is absent and duplicates happen often. */
export const operation = (dimensions: number) => {
  const id = fc.integer({ min: 0, max: 30 })
  const vector = fc.array(fc.integer({ min: -3, max: 3 }), {
    minLength: dimensions,
    maxLength: dimensions,
  })
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('upsert' as const), id, vector }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('search' as const),
        vector,
        k: fc.integer({ min: 1, max: 40 }),
        ef: fc.integer({ min: 1, max: 60 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('get' as const), id }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('link' as const) }) },
  )
}
export type Operation = ReturnType<typeof operation> extends fc.Arbitrary<infer T> ? T : never

export const apply = (
  index: Hnsw,
  rows: Oracle,
  metric: Metric,
  o: Operation,
  version: number,
): void => {
  switch (o.do) {
    case 'upsert':
      index.upsert(o.id, version, Float32Array.from(o.vector))
      rows.set(o.id, { version, vector: o.vector })
      break
    case 'delete':
      assert.equal(index.delete(o.id), rows.delete(o.id))
      break
    case 'search': {
      const query = Float32Array.from(o.vector)
      checkHits(index.search(query, o.k, o.ef), rows, metric, o.vector, o.k)
      checkExact(index.exact(query, o.k), rows, metric, o.vector, o.k)
      break
    }
    case 'compact':
      for (const _ of index.compaction());
      assert.equal(index.stats().tombstones, 0)
      assert.equal(index.shape().unreachable, 0)
      break
    case 'link':
      index.linkOne()
      break
    case 'get':
      assert.deepEqual(
        [...index.get([o.id]).versions],
        rows.has(o.id) ? [rows.get(o.id)!.version] : [],
      )
  }
  assert.equal(index.live, rows.size)
}
