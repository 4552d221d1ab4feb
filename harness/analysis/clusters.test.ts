import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Rng, stream } from '../model/index.ts'
import { clusteredHalfWidth, recallInterval } from './clusters.ts'
import { halfWidth } from './sample.ts'

const asked = (queries: readonly number[], recalls: readonly number[]) => ({
  query: Int32Array.from(queries),
  low: Float64Array.from(recalls),
  high: Float64Array.from(recalls),
})
const all = (of: { readonly query: Int32Array }) => [...of.query.keys()]

test('with each query asked once it is the interval of a mean by Student’s t, on the scale of odds', () => {
  const recalls = Array.from({ length: 40 }, (_, i) => (i % 5) / 4)
  const half = halfWidth(recalls)
  const clusters = recalls.map((value) => ({ value, weight: 1 }))
  assert.ok(Math.abs(clusteredHalfWidth(clusters)! - half) < 1e-12)
  const once = asked([...recalls.keys()], recalls)
  const [low, high] = recallInterval(once, all(once))
  const odds = (share: number) => Math.log(share / (1 - share))
  assert.ok(Math.abs(odds(high!) - half / 0.25) < 1e-12)
  assert.ok(Math.abs(odds(low!) + half / 0.25) < 1e-12)
})

test('the limits of a mean near 1 stay below 1, and reach farther down than up', () => {
  const recalls = Array.from({ length: 50 }, (_, i) => (i === 0 ? 0.2 : 1))
  const once = asked([...recalls.keys()], recalls)
  const [low, high] = recallInterval(once, all(once))
  assert.ok(high! < 1 && 0.984 - low! > high! - 0.984)
})

test('asking every query ten times over does not narrow it', () => {
  const recalls = Array.from({ length: 400 }, (_, i) => ((i % 40) % 5) / 4)
  const often = asked(
    recalls.map((_, i) => i % 40),
    recalls,
  )
  const once = asked([...Array(40).keys()], recalls.slice(0, 40))
  const [low, high] = recallInterval(often, all(often))
  const [lowOnce, highOnce] = recallInterval(once, all(once))
  assert.ok(Math.abs(low! - lowOnce!) < 1e-12 && Math.abs(high! - highOnce!) < 1e-12)
})

test('the lower limit comes from the lows, the upper from the highs', () => {
  const recalls = Array.from({ length: 60 }, (_, i) => (i % 4) / 4)
  const open = { ...asked([...recalls.keys()], recalls), high: Float64Array.from(recalls, () => 1) }
  const [low, high] = recallInterval(open, all(open))
  assert.equal(high, 1)
  assert.ok(low! < 0.375)
})

test('too few queries, or a few that are most of the searches, give no interval', () => {
  const few = asked([...Array(29).keys()], Array(29).fill(0.5))
  assert.deepEqual(recallInterval(few, all(few)), [null, null])
  const uneven = Array.from({ length: 100 }, (_, i) => ({ value: 1, weight: i === 0 ? 1000 : 1 }))
  assert.equal(clusteredHalfWidth(uneven), null)
  assert.deepEqual(recallInterval(few, []), [null, null])
})

/** A query's own recall: a third of them hard, the others near 1. */
const recallOfQuery = (rng: Rng): number =>
  rng.uniform() < 0.3 ? 0.3 + 0.5 * rng.uniform() : 1 - 0.1 * rng.uniform()
const TRUE_MEAN = 0.3 * 0.55 + 0.7 * 0.95
const K = 10

/** 4,000 searches of k = 10 over 150 queries that were drawn from a population of queries. */
const drawRun = (rng: Rng, pick: (rng: Rng) => number) => {
  const own = Array.from({ length: 150 }, () => recallOfQuery(rng))
  const queries = Array.from({ length: 4_000 }, () => pick(rng))
  const recalls = queries.map((query) => {
    let hits = 0
    for (let place = 0; place < K; place++) if (rng.uniform() < own[query]!) hits++
    return hits / K
  })
  return asked(queries, recalls)
}

const PICKS: Readonly<Record<string, (rng: Rng) => number>> = {
  'every query as often as another': (rng) => rng.below(150),
  'some queries ten times as often': (rng) => Math.floor(150 * rng.uniform() ** 2),
}

for (const [name, pick] of Object.entries(PICKS)) {
  test(`${name}: the interval holds the population’s mean in at least 93 % of 400 runs, the naive one in far less`, () => {
    let held = 0
    let naive = 0
    for (let run = 0; run < 400; run++) {
      const drawn = drawRun(stream(run, 'clusters', name), pick)
      const [low, high] = recallInterval(drawn, all(drawn))
      if (low! <= TRUE_MEAN && TRUE_MEAN <= high!) held++
      const recalls = [...drawn.low]
      const mean = recalls.reduce((sum, x) => sum + x, 0) / recalls.length
      if (Math.abs(mean - TRUE_MEAN) <= halfWidth(recalls)) naive++
    }
    const coverage = { held: held / 400, naive: naive / 400 }
    assert.ok(coverage.held >= 0.93 && coverage.held < 0.99, JSON.stringify(coverage))
    assert.ok(coverage.naive < 0.6, JSON.stringify(coverage))
  })
}
