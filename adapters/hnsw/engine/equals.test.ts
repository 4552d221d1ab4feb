import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Rng, stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Hnsw, type Metric } from './index.ts'

const SEED = 20160330
const K = 10

const indexOf = (metric: Metric, dimensions: number, efConstruction = 64): Hnsw =>
  createHnsw({ dimensions, metric, m: 16, efConstruction, seed: SEED, selection: 'heuristic' })

const gauss = (rng: Rng, dimensions: number): Float32Array =>
  Float32Array.from({ length: dimensions }, () => rng.normal())

/** Mean share of K that a search at `ef` finds; a row as near as the K-th counts. */
const recall = (index: Hnsw, queries: readonly Float32Array[], ef: number): number => {
  let hits = 0
  for (const query of queries) {
    const bound = index.exact(query, K).distances[K - 1]!
    hits += index.search(query, K, ef).distances.filter((d) => d <= bound).length
  }
  return hits / (K * queries.length)
}

for (const metric of ['l2', 'cosine'] as const) {
  test(`a hundred equal rows are a chain, and lead out of it (${metric})`, () => {
    const rng = stream(SEED, 'two points', metric)
    const points = [gauss(rng, 8), gauss(rng, 8)]
    const index = indexOf(metric, 8)
    for (let id = 0; id < 200; id++) index.upsert(id, 0, points[id < 100 ? 0 : 1]!)
    assert.equal(index.shape().unreachable, 0)
    // An ef of all of them walks through whatever holds together.
    for (const point of points) {
      assert.equal(new Set(index.search(point, 200, 200).ids).size, 200)
    }
  })

  test(`every one of equal rows can be reached, and their points are found (${metric})`, (t) => {
    for (const copies of [5, 15, 40, 100]) {
      const rng = stream(SEED, 'copies', metric, copies)
      const points = Array.from({ length: 3000 / copies }, () => gauss(rng, 48))
      const index = indexOf(metric, 48, 128)
      for (let id = 0; id < 3000; id++) index.upsert(id, 0, points[rng.below(points.length)]!)
      const queries = Array.from({ length: 100 }, () =>
        points[rng.below(points.length)]!.map((x) => x + 0.3 * rng.normal()),
      )
      const found = [64, 256].map((ef) => recall(index, queries, ef))
      const { unreachable } = index.shape()
      t.diagnostic(`${copies} copies: recall ${found} at ef 64 and 256, ${unreachable} unreachable`)
      // A few may be cut off as any row is, copies or not.
      assert.ok(unreachable <= 3, `${unreachable} unreachable`)
      assert.ok(found[0]! >= 0.85 && found[1]! >= 0.99, `${found}`)
    }
  })
}

test('rows that are all the same stay in reach when they come anew in the places of others', () => {
  const row = gauss(stream(SEED, 'one'), 16)
  const index = indexOf('l2', 16)
  for (let id = 0; id < 3000; id++) index.upsert(id, 0, row)
  assert.equal(index.shape().unreachable, 0)
  for (let id = 0; id < 3000; id += 2) index.delete(id)
  for (const _ of index.compaction());
  for (let id = 0; id < 3000; id += 2) index.upsert(id, 1, row)
  assert.ok(index.shape().unreachable <= 30, `${index.shape().unreachable}`)
})

test('where many distances are equal, candidates as far as the last that counts are followed', (t) => {
  const rng = stream(SEED, 'bits')
  const bits = () => Float32Array.from({ length: 256 }, () => Number(rng.below(10) === 0))
  const index = indexOf('ip', 256, 128)
  for (let id = 0; id < 3000; id++) index.upsert(id, 0, bits())
  const queries = Array.from({ length: 200 }, bits)
  const found = recall(index, queries, 32)
  t.diagnostic(`recall ${found} at ef 32`)
  assert.ok(found >= 0.94, `${found}`)
})
