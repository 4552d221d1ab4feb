import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Rng, stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Hnsw, type Metric } from './index.ts'

const SEED = 20160330
const ROWS = 1000
const K = 10

/** Rows about 20 centres; the id of a row says nothing of its place. */
const source = (rng: Rng, dimensions: number): (() => Float32Array) => {
  const gauss = () => Float32Array.from({ length: dimensions }, () => rng.normal())
  const centres = Array.from({ length: 20 }, gauss)
  return () => centres[rng.below(centres.length)]!.map((x) => x + 0.6 * rng.normal())
}

/** Mean share of the true K that a search finds, over 100 queries; a row at the K-th distance counts. */
const recall = (index: Hnsw, draw: () => Float32Array): number =>
  recallOver(index, Array.from({ length: 100 }, draw), 64)

const recallOver = (index: Hnsw, queries: readonly Float32Array[], ef: number): number => {
  let hits = 0
  for (const query of queries) {
    const bound = index.exact(query, K).distances[K - 1]!
    hits += index.search(query, K, ef).distances.filter((d) => d <= bound).length
  }
  return hits / (K * queries.length)
}

const loaded = (metric: Metric, dimensions: number, selection: 'heuristic' | 'simple') => {
  const draw = source(stream(SEED, metric, dimensions), dimensions)
  const parameters = { dimensions, metric, m: 16, efConstruction: 128, seed: SEED, selection }
  const index = createHnsw(parameters)
  for (let id = 0; id < ROWS; id++) index.upsert(id, 0, draw())
  return { index, draw }
}

for (const metric of ['l2', 'cosine', 'ip'] as const) {
  for (const dimensions of [3, 17, 33, 128]) {
    test(`recall at ef 64 holds through churn and compaction (${metric}, ${dimensions} dimensions)`, (t) => {
      const { index, draw } = loaded(metric, dimensions, 'heuristic')
      const check = (when: string): void => {
        const value = recall(index, draw)
        t.diagnostic(`seed ${SEED}: ${value} ${when}`)
        assert.ok(value >= 0.95, `recall ${value} ${when}, seed ${SEED}`)
        assert.equal(index.stats().scans, 0, 'the graph found it')
      }
      check('as built')
      for (let id = 0; id < ROWS; id++) {
        index.delete(id)
        index.upsert(ROWS + id, 0, draw())
      }
      check('after every row was replaced')
      for (const _ of index.compaction());
      assert.equal(index.shape().unreachable, 0)
      check('after compaction')
    })
  }
}

test('with Algorithm 3 in the place of Algorithm 4 it still finds most', (t) => {
  const { index, draw } = loaded('l2', 17, 'simple')
  const value = recall(index, draw)
  t.diagnostic(`seed ${SEED}: ${value}`)
  assert.ok(value >= 0.9, `recall ${value}, seed ${SEED}`)
})

test('a freed slot is used again: churn with compaction does not grow the memory', () => {
  const { index, draw } = loaded('l2', 17, 'heuristic')
  const churn = (version: number) => {
    for (let id = 0; id < 24; id++) index.upsert(id, version, draw())
    for (const _ of index.compaction());
  }
  churn(1)
  const { bytes } = index.stats()
  for (let version = 2; version < 40; version++) churn(version)
  assert.deepEqual([index.live, index.stats().tombstones, index.stats().bytes], [ROWS, 0, bytes])
})

const PARAMETERS = { m: 16, efConstruction: 128, selection: 'heuristic' } as const

/** Recall at ef 32 less that of an index built anew of the same rows, over as many queries as given; printed for each of three seeds. The mean. */
const gapOf = (
  t: TestContext,
  metric: Metric,
  dimensions: number,
  live: (seed: number, index: Hnsw) => { rows: Map<number, Float32Array>; queries: Float32Array[] },
): number => {
  const gaps = [1, 2, 3].map((seed) => {
    const parameters = { ...PARAMETERS, metric, dimensions, seed }
    const index = createHnsw(parameters)
    const { rows, queries } = live(seed, index)
    const rebuilt = createHnsw(parameters)
    for (const [id, row] of rows) rebuilt.upsert(id, 0, row)
    return recallOver(index, queries, 32) - recallOver(rebuilt, queries, 32)
  })
  t.diagnostic(`seeds 1, 2, 3: ${gaps.map((gap) => gap.toFixed(4)).join(', ')}`)
  return gaps.reduce((a, b) => a + b, 0) / gaps.length
}

for (const metric of ['l2', 'cosine', 'ip'] as const) {
  for (const dimensions of [8, 33]) {
    test(`five churns with compaction stay by a rebuild at ef 32 (${metric}, ${dimensions} dimensions)`, (t) => {
      const gap = gapOf(t, metric, dimensions, (seed, index) => {
        const draw = source(stream(seed, 'churn', dimensions), dimensions)
        const rows = Array.from({ length: 6 * ROWS }, draw)
        rows.forEach((row, id) => {
          if (id >= ROWS) index.delete(id - ROWS)
          index.upsert(id, 0, row)
          if (index.stats().tombstones >= ROWS / 10) for (const _ of index.compaction());
        })
        const kept = rows.slice(-ROWS).map((row, id) => [id, row] as const)
        return { rows: new Map(kept), queries: Array.from({ length: 200 }, draw) }
      })
      assert.ok(gap >= -0.005, `${gap}`)
    })
  }
}

for (const metric of ['l2', 'cosine'] as const) {
  test(`where whole clusters are deleted, what they held together does not fall apart (${metric})`, (t) => {
    const gap = gapOf(t, metric, 24, (seed, index) => {
      const rng = stream(seed, 'clusters')
      const gauss = () => Float32Array.from({ length: 24 }, () => rng.normal())
      const centres = Array.from({ length: 40 }, gauss)
      const near = (cluster: number) => centres[cluster]!.map((x) => x + 0.5 * rng.normal())
      const rows = new Map(Array.from({ length: 6000 }, (_, id) => [id, near(id % 40)]))
      for (const [id, row] of rows) index.upsert(id, 0, row)
      for (const id of rows.keys()) {
        if (id % 40 < 20) continue
        index.delete(id)
        rows.delete(id)
      }
      for (const _ of index.compaction());
      return { rows, queries: Array.from({ length: 400 }, (_, i) => near(i % 40)) }
    })
    assert.ok(gap >= -0.005, `${gap}`)
  })
}

test('rows that nobody links to get their links from where there is room: under ip all are nearest to the same few', (t) => {
  const gap = gapOf(t, 'ip', 32, (seed, index) => {
    const rng = stream(seed, 'lengths')
    const centres = Array.from({ length: 60 }, () => Array.from({ length: 32 }, rng.normal))
    const draw = () => {
      const length = Math.exp(0.6 * rng.normal())
      return Float32Array.from(centres[rng.below(60)]!, (x) => length * (x + 0.2 * rng.normal()))
    }
    const rows = new Map(Array.from({ length: 4000 }, (_, id) => [id, draw()]))
    for (const [id, row] of rows) index.upsert(id, 0, row)
    for (const _ of index.compaction());
    assert.equal(index.shape().unreachable, 0)
    return { rows, queries: Array.from({ length: 400 }, draw) }
  })
  assert.ok(gap >= -0.005, `${gap}`)
})

const UNLIKE = {
  'lengths of a power law': (rng: Rng) => {
    const length = 1 / Math.sqrt(1 - rng.uniform())
    return Float32Array.from({ length: 32 }, () => length * rng.normal())
  },
  'a mean far from the origin': (rng: Rng) =>
    Float32Array.from({ length: 32 }, () => 5 + rng.normal()),
}

for (const [name, drawWith] of Object.entries(UNLIKE)) {
  test(`under ip, rows of ${name} are all replaced twice, and found as well as by a rebuild`, (t) => {
    const gap = gapOf(t, 'ip', 32, (seed, index) => {
      const rng = stream(seed, 'heavy tail')
      const draw = () => drawWith(rng)
      const rows = new Map(Array.from({ length: 4000 }, (_, id) => [id, draw()]))
      for (const [id, row] of rows) index.upsert(id, 0, row)
      for (let turn = 1; turn <= 2; turn++) {
        for (const id of rows.keys()) {
          const row = draw()
          rows.set(id, row)
          index.upsert(id, turn, row)
          if (index.stats().tombstones > 0.15 * index.live) for (const _ of index.compaction());
        }
      }
      for (const _ of index.compaction());
      assert.equal(index.shape().unreachable, 0)
      return { rows, queries: Array.from({ length: 400 }, draw) }
    })
    assert.ok(gap >= -0.005, `${gap}`)
  })
}

test('under ip, links that lead to rows which longer ones outdo take no place from those that searches need', (t) => {
  const rng = stream(SEED, 'spectrum')
  const draw = () => Float32Array.from({ length: 128 }, (_, i) => rng.normal() / (i + 1))
  const index = createHnsw({ ...PARAMETERS, dimensions: 128, metric: 'ip', seed: SEED })
  for (let id = 0; id < 20_000; id++) index.upsert(id, 0, draw())
  const queries = Array.from({ length: 400 }, draw)
  const built = recallOver(index, queries, 64)
  for (const _ of index.compaction());
  const compacted = recallOver(index, queries, 64)
  t.diagnostic(`seed ${SEED}: ${built} as built, ${compacted} after compaction`)
  assert.equal(index.shape().unreachable, 0)
  assert.ok(built >= 0.93 && compacted >= 0.93, `${built} as built, ${compacted} after compaction`)
})

for (const dimensions of [32, 64]) {
  test(`where the middle of the data is deleted, what was linked through it is linked anew (${dimensions} dimensions)`, (t) => {
    const gap = gapOf(t, 'l2', dimensions, (seed, index) => {
      const rng = stream(seed, 'middle')
      const draw = () => {
        const length = Math.exp(0.5 * rng.normal())
        return {
          length,
          row: Float32Array.from({ length: dimensions }, () => length * rng.normal()),
        }
      }
      const far = () => {
        for (;;) {
          const { length, row } = draw()
          if (length >= 1) return row
        }
      }
      const all = Array.from({ length: 4000 }, draw)
      for (const [id, { row }] of all.entries()) index.upsert(id, 0, row)
      for (const [id, { length }] of all.entries()) {
        if (length < 1) index.delete(id)
        if (index.stats().tombstones > 0.15 * index.live) for (const _ of index.compaction());
      }
      for (const _ of index.compaction());
      const kept = [...all.entries()].filter(([, { length }]) => length >= 1)
      const rows = new Map(kept.map(([id, { row }]) => [id, row]))
      return { rows, queries: Array.from({ length: 400 }, far) }
    })
    assert.ok(gap >= -0.005, `${gap}`)
  })
}
