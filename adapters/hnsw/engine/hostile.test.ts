import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Rng, stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Hnsw, type Metric, type Parameters } from './index.ts'

const SEED = 411
const METRICS = ['l2', 'cosine', 'ip'] as const
const create = (metric: Metric, dimensions: number, more: Partial<Parameters> = {}): Hnsw =>
  createHnsw({
    dimensions,
    metric,
    m: 8,
    efConstruction: 64,
    seed: SEED,
    selection: 'heuristic',
    ...more,
  })
const gauss = (chance: Rng, dimensions: number, scale = 1): Float32Array =>
  Float32Array.from({ length: dimensions }, () => scale * chance.normal())
const fill = (index: Hnsw, rows: readonly Float32Array[]): void =>
  rows.forEach((row, id) => {
    index.upsert(id, id, row)
  })
const compact = (index: Hnsw): void => {
  for (const _ of index.compaction());
}
/** Share of the true ten found at this ef, ties counted, over these queries. */
const recall = (index: Hnsw, queries: readonly Float32Array[], ef: number): number => {
  let hits = 0
  for (const query of queries) {
    const bound = index.exact(query, 10).distances[9]!
    hits += index.search(query, 10, ef).distances.filter((d) => d <= bound).length
  }
  return hits / (10 * queries.length)
}
/** float64, from the definition of each metric. */
const measure = (metric: Metric, a: Float32Array, b: Float32Array): number => {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  if (metric === 'l2') return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
  if (metric === 'ip') return -dot(a, b)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 1 : 1 - dot(a, b) / lengths
}

for (const metric of METRICS) {
  for (const scale of [1e-45, 1e-36, 1e-20, 1, 1e19, 1e37]) {
    test(`vectors of the size of ${scale} are stored and found (${metric})`, () => {
      const chance = stream(SEED, metric, scale)
      const index = create(metric, 7)
      const rows = Array.from({ length: 200 }, () => gauss(chance, 7, scale))
      fill(index, rows)
      for (let i = 0; i < 20; i++) {
        const query = gauss(chance, 7, scale)
        for (const { ids, distances } of [index.search(query, 10, 32), index.exact(query, 10)]) {
          assert.equal(new Set(ids).size, 10)
          ids.forEach((id, j) => {
            const truth = Math.fround(measure(metric, rows[id]!, query))
            const size = Math.hypot(...rows[id]!) * Math.hypot(...query)
            const slack = 1e-6 * (metric === 'cosine' ? 1 : metric === 'ip' ? size : truth) + 2e-44
            assert.ok(
              distances[j] === truth || Math.abs(distances[j]! - truth) <= slack,
              `${distances[j]} is not ${truth}`,
            )
          })
        }
      }
      for (let id = 0; id < 200; id += 2) index.delete(id)
      compact(index)
      assert.equal(index.shape().unreachable, 0)
      assert.equal(index.search(rows[1]!, 100, 100).ids.length, 100)
    })
  }
}

test('one row far out of the others’ range does not hide them', () => {
  const chance = stream(SEED, 'far')
  const index = create('l2', 16)
  const rows = Array.from({ length: 500 }, () => gauss(chance, 16))
  rows[250] = Float32Array.from({ length: 16 }, () => 3e38)
  fill(index, rows)
  const queries = Array.from({ length: 40 }, () => gauss(chance, 16))
  assert.ok(recall(index, queries, 64) >= 0.99)
  assert.equal(index.search(rows[250]!, 1, 64).ids.length, 1)
})

for (const dimensions of [1, 2, 15, 16, 17, 31, 768, 4095, 4096]) {
  test(`${dimensions} dimensions: distances are those of float64, k and ef reach to the collection`, () => {
    const chance = stream(SEED, 'dimensions', dimensions)
    for (const metric of METRICS) {
      const index = create(metric, dimensions, { m: 64, efConstruction: 200 })
      const rows = Array.from({ length: 90 }, () => gauss(chance, dimensions))
      fill(index, rows)
      const query = gauss(chance, dimensions)
      for (const [k, ef, rerank] of [
        [90, 1, 1],
        [1000, 1e9, 1e9],
        [1, 90, Number.POSITIVE_INFINITY],
        [7, 2 ** 31, 0],
      ] as const) {
        const { ids, distances, versions } = index.search(query, k, ef, rerank)
        assert.equal(ids.length, Math.min(k, 90))
        assert.equal(new Set(ids).size, ids.length)
        assert.deepEqual([...versions], [...ids])
        ids.forEach((id, i) => {
          const slack = 1e-6 * dimensions + 1e-6
          assert.ok(Math.abs(distances[i]! - measure(metric, rows[id]!, query)) <= slack)
        })
      }
    }
  })
}

/** Orders and shapes that a graph may stumble over. */
const SHAPES: Readonly<Record<string, (chance: Rng) => Float32Array[]>> = {
  'all zero': () => Array.from({ length: 400 }, () => new Float32Array(12)),
  'all the same': () => Array.from({ length: 400 }, () => new Float32Array(12).fill(0.7)),
  'ten copies of each': (chance) => {
    const some = Array.from({ length: 60 }, () => gauss(chance, 12))
    return Array.from({ length: 600 }, (_, i) => some[i % 60]!)
  },
  'one huge dimension': (chance) =>
    Array.from({ length: 800 }, () => gauss(chance, 12).map((x, i) => (i === 3 ? 30 * x : x))),
  'cluster by cluster': (chance) => {
    const centres = Array.from({ length: 16 }, () => gauss(chance, 12, 4))
    return Array.from({ length: 800 }, (_, i) =>
      centres[Math.floor(i / 50)]!.map((x) => x + 0.3 * chance.normal()),
    )
  },
  sorted: (chance) =>
    Array.from({ length: 800 }, () => gauss(chance, 12)).sort((a, b) => a[0]! - b[0]!),
}
for (const [name, draw] of Object.entries(SHAPES)) {
  test(`${name}: found at ef 64, with none out of reach after deletes and compaction`, (t) => {
    for (const metric of METRICS) {
      const index = create(metric, 12, { m: 16, efConstruction: 128 })
      const rows = draw(stream(SEED, name))
      fill(index, rows)
      const queries = rows.filter((_, i) => i % 19 === 0).map((row) => row.map((x) => x + 0.01))
      const before = recall(index, queries, 64)
      for (let id = 0; id < rows.length; id += 3) index.delete(id)
      compact(index)
      assert.equal(index.shape().unreachable, 0)
      const after = recall(index, queries, 64)
      t.diagnostic(`seed ${SEED}, ${metric}: ${before} as built, ${after} after`)
      assert.ok(Math.min(before, after) >= 0.95)
    }
  })
}

test('where memory ends, an upsert is a RangeError, nothing has changed, and deletes make room', () => {
  const chance = stream(SEED, 'end')
  const index = create('l2', 64, { mostBytes: 1 << 20 })
  const rows: Float32Array[] = []
  const fails = () => {
    for (;;) {
      const row = gauss(chance, 64)
      try {
        index.upsert(rows.length, 0, row)
      } catch (error) {
        assert.ok(error instanceof RangeError)
        return
      }
      rows.push(row)
    }
  }
  fails()
  assert.ok(rows.length > 500, `${rows.length} rows`)
  assert.throws(() => index.upsert(3, 9, gauss(chance, 64)), RangeError)
  assert.throws(() => index.reserve(1000), RangeError)
  assert.throws(() => index.reserve(2 ** 33), RangeError)
  assert.equal(index.live, rows.length)
  assert.equal(index.stats().tombstones, 0)
  rows.forEach((row, id) => {
    const { ids, versions } = index.exact(row, 1)
    assert.deepEqual([[...ids], [...versions]], [[id], [0]])
  })
  assert.ok(recall(index, rows.slice(0, 50), 200) >= 0.95)
  for (let id = 0; id < rows.length; id += 2) index.delete(id)
  compact(index)
  assert.equal(index.shape().unreachable, 0)
  for (let id = 0; id < rows.length; id += 2) index.upsert(id, 1, rows[id]!)
  assert.deepEqual([...index.exact(rows[4]!, 1).versions], [1])
  assert.ok(index.stats().bytes < (1 << 20) + 100 * rows.length)
})

test('a compaction that is left early leaves tombstones, and the next one takes them', () => {
  const chance = stream(SEED, 'early')
  const rows = Array.from({ length: 300 }, () => gauss(chance, 8))
  for (let steps = 1; steps < 60; steps += 4) {
    const index = create('l2', 8)
    fill(index, rows)
    for (let id = 0; id < 300; id += 5) index.delete(id)
    const work = index.compaction()
    for (let i = 0; i < steps; i++) work.next()
    assert.throws(() => index.compaction().next(), /under way/)
    work.return()
    assert.equal(index.stats().tombstones, 60)
    compact(index)
    assert.deepEqual([index.stats().tombstones, index.shape().unreachable], [0, 0])
    assert.equal(index.search(rows[1]!, 240, 240).ids.length, 240)
  }
})

test('what is out of range is refused by name', () => {
  assert.throws(() => create('l2', 0), /dimensions is 0/)
  assert.throws(() => create('l2', 4097), /dimensions/)
  assert.throws(() => create('l2', 4, { m: 1 }), /m is 1/)
  assert.throws(() => create('l2', 4, { efConstruction: 0.5 }), /efConstruction/)
  assert.throws(() => create('l2', 4).search(new Float32Array(3), 1, 1), /3 floats, not 4/)
})

for (const [distance, least] of [
  [20, 0.99],
  [100, 0.95],
] as const) {
  test(`a cluster that lies ${distance} times its width from the origin is found as one that lies there`, () => {
    const chance = stream(SEED, 'offset', distance)
    const draw = (at: number) => gauss(chance, 16).map((x) => at + x)
    for (const metric of ['l2'] as const) {
      const index = create(metric, 16)
      const rows = Array.from({ length: 2500 }, (_, id) => draw(id < 500 ? distance : 0))
      fill(index, rows)
      for (const at of [0, distance]) {
        const queries = Array.from({ length: 100 }, () => draw(at))
        const found = recall(index, queries, 64)
        assert.ok(found >= least, `seed ${SEED}: ${found} at ${at}`)
      }
    }
  })
}

test('hot rows in the place of a region that was deleted do not hide the other one', () => {
  const chance = stream(SEED, 'island')
  const draw = (at: number) => gauss(chance, 8).map((x) => at + x)
  const index = create('l2', 8, { hot: 64 })
  const rows = Array.from({ length: 2500 }, (_, id) => draw(id < 500 ? 6 : -6))
  fill(index, rows)
  while (index.linkOne());
  const queries = Array.from({ length: 60 }, () => draw(6))
  assert.ok(recall(index, queries, 64) >= 0.99)
  for (let id = 500; id < 2500; id++) index.delete(id)
  for (let id = 2500; id < 2564; id++) index.upsert(id, 0, draw(-6))
  while (index.linkOne());
  assert.ok(recall(index, queries, 64) >= 0.99)
  compact(index)
  assert.ok(recall(index, queries, 64) >= 0.99)
})

test('a window that slides over ever new ids takes no more memory after its first rounds', () => {
  const chance = stream(SEED, 'window')
  const index = create('l2', 4, { m: 4, efConstruction: 8 })
  const sizes: number[] = []
  for (let id = 0; id < 60_000; id++) {
    index.upsert(id, 0, gauss(chance, 4))
    if (id >= 2000) index.delete(id - 2000)
    if (index.stats().tombstones > 400) compact(index)
    if (id % 10_000 === 9_999) sizes.push(index.stats().bytes)
  }
  assert.equal(sizes.at(-1), sizes[1], `${sizes}`)
})

test('k of many thousands: every row once, nearest first', () => {
  const chance = stream(SEED, 'many')
  const index = create('l2', 3, { m: 4, efConstruction: 8 })
  fill(
    index,
    Array.from({ length: 20_000 }, () => gauss(chance, 3)),
  )
  const query = gauss(chance, 3)
  for (const k of [256, 257, 5000, 20_000]) {
    const { ids, distances } = index.exact(query, k)
    assert.equal(new Set(ids).size, k)
    assert.ok(distances.every((d, i) => i === 0 || distances[i - 1]! <= d))
  }
  assert.deepEqual(index.exact(query, 256).ids, index.exact(query, 257).ids.slice(0, 256))
})

test('new rows are found at once, though their only neighbour has no place for them', () => {
  const chance = stream(SEED, 'hub')
  // All at the same distance from the first, which is nearer to each than any other is: nobody chooses another neighbour.
  const onSphere = (): Float32Array => {
    const at = gauss(chance, 64)
    const length = Math.hypot(...at)
    return at.map((x) => x / length)
  }
  const index = create('l2', 64)
  index.upsert(0, 0, new Float32Array(64))
  const missed: number[] = []
  for (let id = 1; id < 300; id++) {
    const row = onSphere()
    index.upsert(id, 0, row)
    if (index.search(row, 1, 64).ids[0] !== id) missed.push(id)
  }
  // Where nothing leads to them but that one neighbour, two thirds are missed.
  assert.ok(missed.length <= 3, `seed ${SEED}: rows ${missed}`)
})
