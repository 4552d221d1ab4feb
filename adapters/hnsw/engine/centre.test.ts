import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type Rng, stream } from '../../../harness/model/rng.ts'
import { type Task, vectorOf } from './centre.fixture.ts'
import {
  attachHnsw,
  createHnsw,
  type Hits,
  type Hnsw,
  type Metric,
  type SharedIndex,
  urgencyOf,
} from './index.ts'

const ROWS = 3000
const QUERIES = 200
/** What differs by chance. */
const SLACK = 0.015
const K = 10

const parametersOf = (dimensions: number, metric: Metric) =>
  ({ dimensions, metric, m: 16, efConstruction: 128, seed: 1, selection: 'heuristic' }) as const

/** Of the ten that are found, those as near as the tenth is in truth. */
const hitsOf = (index: Hnsw, query: Float32Array, ef: number, far: number): number =>
  index.search(query, K, ef).distances.filter((distance) => distance <= far).length

/** Recall@10; a row as near as the tenth counts, whichever it is. */
const recallOf = (
  dimensions: number,
  metric: Metric,
  ef: number,
  draw: (chance: Rng) => number[],
) => {
  const chance = stream(5, dimensions, metric)
  const vector = () => Float32Array.from(draw(chance))
  const index = createHnsw(parametersOf(dimensions, metric))
  for (let id = 0; id < ROWS; id++) index.upsert(id, 0, vector())
  let hits = 0
  for (let i = 0; i < QUERIES; i++) {
    const query = vector()
    hits += hitsOf(index, query, ef, index.exact(query, K).distances[K - 1]!)
  }
  return hits / QUERIES / K
}
const normals = (chance: Rng, count: number, width = 1, at = 0): number[] =>
  Array.from({ length: count }, () => at + width * chance.normal())

for (const [what, dimensions, metric, draw] of [
  ['10,000 times their spread from the origin', 32, 'l2', (c) => normals(c, 32, 1, 1e4)],
  [
    'of one large component beside small ones',
    17,
    'l2',
    (c) => [...normals(c, 16), ...normals(c, 1, 3, 1700)],
  ],
  [
    'of two large components that hardly change',
    64,
    'l2',
    (c) => [...normals(c, 62), ...normals(c, 2, 0.1, 300)],
  ],
  ['in a narrow cone', 64, 'cosine', (c) => normals(c, 64, 1, 30)],
  ['so small that their squares vanish', 32, 'l2', (c) => normals(c, 32, 1e-21)],
  [
    'of two large components that hardly change',
    64,
    'ip',
    (c) => [...normals(c, 62), ...normals(c, 1, 1, 400), ...normals(c, 1, 1, -400)],
  ],
  ['in a narrow cone', 64, 'ip', (c) => normals(c, 64, 1, 30)],
] as [string, number, Metric, (chance: Rng) => number[]][]) {
  test(`rows ${what} are found as others are, ${metric}`, (t) => {
    const recall = recallOf(dimensions, metric, 64, draw)
    const plain = recallOf(dimensions, metric, 64, (chance) => normals(chance, dimensions))
    t.diagnostic(`recall@10 at ef 64: ${recall}, of rows around the origin ${plain}`)
    assert.ok(recall > plain - SLACK, `${recall} ${plain}`)
  })
}

test('under ip the length of a query changes nothing, however far from the origin the rows are', () => {
  const chance = stream(7, 'lengths')
  const index = createHnsw(parametersOf(32, 'ip'))
  for (let id = 0; id < ROWS; id++)
    index.upsert(id, 0, Float32Array.from(normals(chance, 32, 1, 30)))
  for (let i = 0; i < QUERIES; i++) {
    const query = normals(chance, 32, 1, 30)
    const found = [2 ** -20, 1, 2 ** 20].map((length) => {
      const { ids, distances } = index.search(
        Float32Array.from(query, (x) => x * length),
        K,
        32,
      )
      return { ids, distances: distances.map((distance) => distance / length) }
    })
    assert.deepEqual(found[0], found[1])
    assert.deepEqual(found[2], found[1])
  }
})

test('where codes cannot tell rows apart, a wider search does: what may be among the nearest is measured', (t) => {
  // Places in twenty cities of a country, in degrees.
  const city = stream(6, 'cities')
  const cities = Array.from({ length: 20 }, () => [50 + 3 * city.normal(), 10 + 3 * city.normal()])
  const draw = (chance: Rng): number[] =>
    cities[chance.below(20)]!.map((at) => at + 0.05 * chance.normal())
  const [narrow, wide] = [recallOf(2, 'l2', 32, draw), recallOf(2, 'l2', 256, draw)]
  t.diagnostic(`recall@10 at ef 32: ${narrow}, at ef 256: ${wide}`)
  assert.ok(wide > 0.99, `${wide}`)
})

test('zeros are as far from everything as a right angle under cosine, wherever the centre is', () => {
  const chance = stream(8, 'zeros')
  const index = createHnsw(parametersOf(8, 'cosine'))
  index.upsert(0, 0, new Float32Array(8))
  for (let id = 1; id < 400; id++) index.upsert(id, 0, Float32Array.from(normals(chance, 8, 1, 5)))
  const found = index.search(Float32Array.from(normals(chance, 8, 1, 5)), 399, 400)
  assert.ok(!found.ids.includes(0), 'the one row that 399 of 400 leave out')
  const [last] = index.search(new Float32Array(8), 1, 64).distances
  assert.equal(last, 1)
})

test('where rows come elsewhere than before, their codes are as fine as those of an index that is built anew', (t) => {
  const [dimensions, window, ef] = [32, 2000, 16]
  const chance = stream(10, 'elsewhere')
  const cities = Array.from({ length: 40 }, () => normals(chance, dimensions, 2))
  const draw = (at: number): Float32Array =>
    Float32Array.from(cities[chance.below(40)]!, (x) => x + at + chance.normal())
  const index = createHnsw(parametersOf(dimensions, 'l2'))
  const rows: Float32Array[] = []
  for (let id = 0; id < 5 * window; id++) {
    rows.push(draw((50 * id) / window))
    index.upsert(id, 0, rows[id]!)
    index.delete(id - window)
    if (urgencyOf(index.stats(), 0.15) > 1) for (const _ of index.compaction());
  }
  const rebuilt = createHnsw(parametersOf(dimensions, 'l2'))
  for (let id = 4 * window; id < rows.length; id++) rebuilt.upsert(id, 0, rows[id]!)
  const recall = { index: 0, rebuilt: 0 }
  for (let i = 0; i < QUERIES; i++) {
    const query = draw(250 - chance.below(50))
    const far = rebuilt.exact(query, K).distances[K - 1]!
    recall.index += hitsOf(index, query, ef, far) / QUERIES / K
    recall.rebuilt += hitsOf(rebuilt, query, ef, far) / QUERIES / K
  }
  t.diagnostic(
    `recall@10 at ef ${ef}: ${recall.index.toFixed(4)}, built anew ${recall.rebuilt.toFixed(4)}`,
  )
  assert.ok(recall.index > recall.rebuilt - SLACK, `${recall.index} ${recall.rebuilt}`)
})

for (const [hot, window] of [
  [0, ROWS],
  [64, ROWS],
  [0, 400],
  [64, 400],
] as const) {
  test(`a search beside a centre that moves finds what is there (hot tier ${hot}, the newest ${window} rows)`, async () => {
    const dimensions = 6
    const board = new SharedArrayBuffer(4)
    const told = new Int32Array(board)
    const workerData: Task = {
      parameters: { ...parametersOf(dimensions, 'l2'), hot },
      rows: ROWS,
      window,
      board,
    }
    const worker = new Worker(new URL('./centre.fixture.ts', import.meta.url), { workerData })
    const [shared] = (await once(worker, 'message')) as [SharedIndex]
    const ended = once(worker, 'exit')
    const reader = attachHnsw(shared)
    const chance = stream(9, 'reader')
    const check = ({ ids, distances }: Hits, row: number): void => {
      assert.equal(new Set(ids).size, ids.length)
      const query = vectorOf(row, dimensions)
      for (const [i, id] of ids.entries()) {
        const distance = vectorOf(id, dimensions).reduce(
          (sum, x, d) => sum + (x - query[d]!) ** 2,
          0,
        )
        assert.ok(Math.abs(distances[i]! - distance) <= 1e-4 * (1 + distance))
        assert.ok(i === 0 || distances[i - 1]! <= distances[i]!)
      }
      assert.deepEqual(
        [ids[0], distances[0]],
        [row, 0],
        'each lies apart from the others: it is found',
      )
    }
    for (let came = 0; came < ROWS; came = Atomics.load(told, 0)) {
      if (came === 0) continue
      const row = came - 1 - chance.below(Math.min(came, window >> 1))
      const hits = reader.search(vectorOf(row, dimensions), K, 64)
      // This thread may have stood still for long.
      if (Atomics.load(told, 0) - row >= window) continue
      assert.ok(hits.ids.length >= Math.min(K, came))
      check(hits, row)
    }
    await ended
  })
}
