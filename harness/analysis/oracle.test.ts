import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Metric, stream } from '../model/index.ts'
import { nearest } from './nearest.ts'
import { type Oracle, oracleOf, rankingsOf } from './oracle.ts'
import { remove, runOf, upsert } from './run.fixture.ts'
import { viewOf } from './view.ts'
import { type Windows, windowsOf } from './windows.ts'

const METRICS: readonly Metric[] = ['l2', 'cosine', 'ip']

const oracleFor = (metric: Metric, rows: number, dimensions: number) => {
  const rng = stream(7, metric)
  const points = (count: number) =>
    Array.from({ length: count }, () => Array.from({ length: dimensions }, () => rng.normal()))
  const run = runOf({
    ops: [remove(0, [0]), upsert(1, [[1, 1]])],
    preload: rows,
    revisions: 2,
    vectors: [points(2 * rows)],
    queries: [points(7)],
    scenario: { metric, preload: rows },
  })
  const view = viewOf(run)
  return { run, oracle: oracleOf(view, windowsOf(view, 0)) }
}

/** By the textbook, in plain float64. */
const plain = (metric: Metric, q: Float32Array, x: Float32Array): number => {
  const dot = q.reduce((sum, value, i) => sum + value * x[i]!, 0)
  const norm = (v: Float32Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0))
  if (metric === 'l2') return q.reduce((sum, value, i) => sum + (value - x[i]!) ** 2, 0)
  return metric === 'ip' ? -dot : 1 - dot / (norm(q) * norm(x))
}

for (const metric of METRICS) {
  test(`${metric}: every version that is ever there is ranked, by float64 distance`, () => {
    const { run, oracle } = oracleFor(metric, 50, 13)
    const [model] = run.dataset.models
    const rankings = oracle.rank(1, [0, 1, 2, 3, 4, 5, 6], 1_000)
    for (const [query, { window, distance, complete }] of rankings.entries()) {
      assert.equal(complete, true)
      assert.equal(window.length, 51)
      for (const [i, w] of window.entries()) {
        const index = oracle.windows.version[w]! * 50 + oracle.windows.id[w]!
        const expected = plain(metric, model!.queries.at(query), model!.vectors.at(index))
        assert.ok(Math.abs(distance[i]! - expected) < 1e-12)
        if (i > 0) assert.ok(distance[i]! >= distance[i - 1]!)
      }
    }
  })

  test(`${metric}: a shallow ranking is the head of a deep one, and deepening completes it`, () => {
    const { oracle } = oracleFor(metric, 300, 5)
    const [deep] = oracle.rank(1, [3], 1_000)
    const rankings = rankingsOf(oracle, 1, [2, 3], 50)
    const shallow = rankings.at(1)
    assert.equal(shallow.complete, false)
    assert.deepEqual([...shallow.window], [...deep!.window.subarray(0, 50)])
    assert.deepEqual([...rankings.deepen(1).window], [...deep!.window])
    assert.equal(rankings.at(1).complete, true)
  })

  test(`${metric}: one row's distance has the same bits as in a ranking`, () => {
    const { oracle } = oracleFor(metric, 20, 31)
    const [{ window, distance }] = oracle.rank(1, [4], 100) as [ReturnType<typeof oracle.rank>[0]]
    for (const [i, w] of window.entries()) {
      const { id, version } = oracle.windows
      assert.equal(oracle.distance(1, 4, id[w]!, version[w]!), distance[i])
    }
  })
}

/** Few values, so that many rows are at equal distances; some too large or too small for float32 to multiply. */
const values = fc.constantFrom(0, 1, -1, 2, 1 + 2 ** -23, 1e-23, 1e19, -1e19, 2 ** -149)
const points = (length: number) =>
  fc.array(fc.array(values, { minLength: 3, maxLength: 3 }), {
    minLength: length,
    maxLength: length,
  })

for (const metric of METRICS) {
  test(`${metric}: every place is that of a plain sort by distance, id and version, ties at the end included`, () => {
    fc.assert(
      fc.property(
        points(40),
        points(5),
        fc.integer({ min: 1, max: 45 }),
        (vectors, queries, depth) => {
          const run = runOf({
            ops: Array.from({ length: 20 }, (_, id) => upsert(id, [[id, 1]])),
            preload: 20,
            revisions: 2,
            vectors: [vectors],
            queries: [queries],
            scenario: { metric, preload: 20 },
          })
          const view = viewOf(run)
          const oracle = oracleOf(view, windowsOf(view, 0))
          const [model] = run.dataset.models
          const all = (query: number) =>
            Array.from({ length: 40 }, (_, index) => {
              const [q, x] = [model!.queries.at(query), model!.vectors.at(index)]
              const isNull =
                metric === 'cosine' && (q.every((v) => v === 0) || x.every((v) => v === 0))
              const distance = isNull ? 1 : plain(metric, q, x)
              return { id: index % 20, version: index < 20 ? 0 : 1, distance }
            })
          const queried = Array.from(queries, (_, query) => query)
          for (const [query, { window, distance }] of oracle.rank(1, queried, depth).entries()) {
            const expected = all(query)
              .sort((a, b) => a.distance - b.distance || a.id - b.id || a.version - b.version)
              .slice(0, depth)
            const { id, version } = oracle.windows
            const found = Array.from(window, (w, i) => ({
              id: id[w]!,
              version: version[w]!,
              distance: distance[i]!,
            }))
            assert.deepEqual(found, expected)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
}

test('a deepening takes queries behind it along, and deep rankings do not pile up', () => {
  const passes: string[] = []
  const ranking = (depth: number) => ({
    window: new Uint32Array(0),
    distance: new Float64Array(0),
    complete: depth >= 2 ** 24,
    scale: depth,
  })
  const oracle: Oracle = {
    windows: {} as Windows,
    rank: (_, queries, depth) => {
      passes.push(`${queries.join(' ')} @ ${depth}`)
      return queries.map(() => ranking(depth))
    },
    distance: () => Number.NaN,
  }
  const rankings = rankingsOf(oracle, 1, [10, 11, 12, 13], 256)
  const depths = () => [0, 1, 2, 3].map((place) => rankings.at(place).scale)
  rankings.deepen(0)
  rankings.deepen(1)
  rankings.deepen(3)
  assert.deepEqual(depths(), [2_048, 2_048, 2_048, 2_048])
  while (!rankings.at(2).complete) rankings.deepen(2)
  assert.deepEqual(depths(), [256, 256, 2 ** 26, 256])
  rankings.deepen(0)
  assert.deepEqual(depths(), [2_048, 2_048, 256, 2_048])
  assert.deepEqual(passes, [
    '10 11 12 13 @ 256',
    '10 @ 2048',
    '11 12 @ 2048',
    '13 @ 2048',
    '12 13 @ 16384',
    '12 13 @ 131072',
    '12 13 @ 1048576',
    '12 @ 8388608',
    '12 @ 67108864',
    '10 11 13 @ 2048',
  ])
})

test('equal distances are ordered by id, then version', () => {
  const run = runOf({
    ops: [upsert(0, [[1, 1]])],
    preload: 3,
    revisions: 2,
    vectors: [Array.from({ length: 6 }, () => [1, 1])],
  })
  const view = viewOf(run)
  const oracle = oracleOf(view, windowsOf(view, 0))
  const [ranking] = oracle.rank(1, [0], 10)
  const { id, version } = oracle.windows
  const rows = Array.from(ranking!.window, (w) => [id[w], version[w]])
  assert.deepEqual(rows, [
    [0, 0],
    [1, 0],
    [1, 1],
    [2, 0],
  ])
})

test('a null vector is at cosine distance 1', () => {
  const run = runOf({
    ops: [],
    preload: 2,
    vectors: [
      [
        [0, 0],
        [-1, 0],
      ],
    ],
    queries: [[[1, 0]]],
    scenario: { metric: 'cosine', preload: 2 },
  })
  const view = viewOf(run)
  const [ranking] = oracleOf(view, windowsOf(view, 0)).rank(1, [0], 10)
  assert.deepEqual([...ranking!.distance], [1, 2])
})

test('a query of other dimensions than the rows is an error, not a wrong distance', () => {
  const view = viewOf(runOf({ ops: [], preload: 2, queries: [[[1, 2, 3]]] }))
  assert.throws(() => oracleOf(view, windowsOf(view, 0)).rank(1, [0], 10), /3 dimensions/)
})

test('a row that the dataset does not have is at no distance', () => {
  const view = viewOf(runOf({ ops: [], preload: 2 }))
  assert.ok(Number.isNaN(oracleOf(view, windowsOf(view, 0)).distance(1, 0, 1_000_000, 0)))
})

test('the smallest of any numbers are kept', () => {
  const rng = stream(1, 'heap')
  const values = Array.from({ length: 1_000 }, () => rng.below(300))
  const best = nearest(64, (a, b) => a - b)
  for (const [i, value] of values.entries()) best.push(i, value)
  const kept = [...best.sorted().distance]
  assert.deepEqual(kept, [...values].sort((a, b) => a - b).slice(0, 64))
  assert.equal(best.bound(), kept.at(-1))
})
