import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Bracket, Rng } from '../model/index.ts'
import { type Flawed, playFlawed } from './engine.fixture.ts'
import type { Packed } from './packed.ts'
import { at0, type OpLiteral, type RunLiteral, runOf, search, upsert } from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'
import { arbitraryInstant, arbitraryWrites } from './writes.fixture.ts'

/** Row i lies at i, query q at q; k is 2. */
const recallOf = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) =>
  truthFindings(viewOf(runOf({ ops, preload: 3, ...more })), []).whole.recall!
const rowsOf = (ops: readonly OpLiteral[]) =>
  recallOf(ops).byAge!.map(({ from, to, neighbours, low, high }) => [
    from,
    to,
    neighbours,
    low,
    high,
  ])

test('each true neighbour counts in the bin of its age when the search was sent; the preloaded stand last', () => {
  const insert = upsert(0, [[4, 0]])
  assert.deepEqual(rowsOf([insert, search(5, 4, at0(4, 2))]), [
    [0, 0.01, 1, 1, 1],
    [null, null, 1, 1, 1],
  ])
  assert.deepEqual(rowsOf([insert, search(50, 4, at0(2)), search(2_000, 4, at0(4))]), [
    [0.01, 0.1, 1, 0, 0],
    [1, 10, 1, 1, 1],
    [null, null, 2, 0.5, 0.5],
  ])
  assert.deepEqual(rowsOf([insert, search(200_000, 4, at0(4, 2))])[0], [100, null, 1, 1, 1])
})

test('a search as a whole stands with the age of its nearest neighbour', () => {
  const ops = [upsert(0, [[4, 0]]), search(50, 4, at0(2)), search(60, 0, at0(0, 1))]
  const nearest = recallOf(ops).byAge!.map((row) => [row.nearest.searches, row.nearest.low])
  assert.deepEqual(nearest, [
    [1, 0.5],
    [1, 1],
  ])
})

test('rows tied at the last place share it', () => {
  const vectors = [[0, 1, 1, 1].map((x) => [x, 0])]
  const ops = [upsert(0, [[3, 0]]), search(50, 0, at0(0, 3))]
  const { byAge } = recallOf(ops, { vectors })
  assert.deepEqual(
    byAge!.map(({ neighbours, high }) => [neighbours, high]),
    [
      [1, 1],
      [1, 1],
    ],
  )
})

test('over all ages the neighbours of a search are n and those found its hits, at both ends, whatever happened', () => {
  const asked = fc.record({
    at: arbitraryInstant,
    took: arbitraryInstant,
    hits: fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 0, max: 2 }))),
  })
  const vectors = [Array.from({ length: 18 }, (_, i) => [(i * 7) % 5, 0])]
  const total = (column: Packed) =>
    Array.from({ length: column.length }, (_, i) => column.at(i)).reduce((sum, x) => sum + x, 0)
  fc.assert(
    fc.property(arbitraryWrites(6, 3), asked, (writes, { at, took, hits }) => {
      const ops = [...writes, search(at, 0, hits, { done: at + took })]
      const view = viewOf(runOf({ ops, preload: 3, revisions: 3, vectors }))
      const { low, high, ages } = judgeSearches(view, [])
      const recallOf = ({ wanted, returned }: typeof ages.low) =>
        total(wanted) === 0 ? 1 : total(returned) / total(wanted)
      assert.ok(Math.abs(recallOf(ages.low) - low[0]!) < 1e-6)
      assert.ok(Math.abs(recallOf(ages.high) - high[0]!) < 1e-6)
    }),
    { numRuns: 300 },
  )
})

const EXACT: Flawed = { delay: () => 1, removal: () => 1, miss: () => 0, empty: 0, probed: 0 }
/** The data move: a row that comes later lies farther on. */
const moving = (rng: Rng, id: number) => [id / 100 + rng.uniform(), rng.uniform()]
const played = (flaws: Partial<Flawed>, place = moving) => {
  const runs = Array.from({ length: 4 }, (_, seed) => {
    const { literal } = playFlawed(seed, { ...EXACT, ...flaws }, place)
    return truthFindings(viewOf(runOf(literal)), []).whole.recall!
  })
  const mean = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const old = (run: (typeof runs)[number]) => run.byAge!.at(-1)!
  const grown = (run: (typeof runs)[number]) =>
    run.byAge!.find(({ from, to }) => from === 1 && to === 10)!
  const half = (which: 0 | 1) => (run: (typeof runs)[number]) => old(run).halves[which].high!
  return { runs, mean, old, grown, half }
}

test('over data that move a perfect index loses nothing at any age', () => {
  const { runs } = played({})
  for (const { byAge } of runs) for (const { low } of byAge!) assert.equal(low, 1)
})

test('an index that decays loses old and new rows alike, more of both as time goes on', () => {
  const { mean, old, grown, half } = played({ miss: (_age, at) => (0.3 * at) / 4_000 })
  assert.ok(mean(half(0)) > mean(half(1)) + 0.08)
  assert.ok(mean((run) => old(run).high!) < 0.93 && mean((run) => grown(run).high!) < 0.93)
})

test('an index that finds new rows badly leaves the old ones as they were', () => {
  const { mean, old, grown, half } = played({ miss: (age) => (age < Infinity ? 0.2 : 0) })
  assert.ok(mean((run) => grown(run).high!) < 0.85)
  assert.equal(
    mean((run) => old(run).low!),
    1,
  )
  assert.equal(mean(half(0)), mean(half(1)))
})

/** One row in ten lies somewhere far out by itself. */
const isOut = (id: number): boolean => id % 10 === 0
const scattered = (rng: Rng, id: number) =>
  isOut(id) && id >= 150
    ? [100 * rng.uniform() - 50, 100 * rng.uniform() - 50]
    : [rng.uniform(), rng.uniform()]
const middle = ({ low, high }: Bracket): number => (low! + high!) / 2

test('searches whose nearest neighbour arrived far from everything stand apart from those of other arrivals', () => {
  const badly = played({ miss: (_age, _at, id) => (isOut(id) && id >= 150 ? 0.5 : 0) }, scattered)
  const distant = badly.mean((run) => middle(run.byArrival!.distant))
  const near = badly.mean((run) => middle(run.byArrival!.near))
  const preloaded = badly.mean((run) => middle(run.byArrival!.preloaded))
  assert.ok(distant < 0.85 && near > 0.95 && preloaded > 0.95, `${distant} ${near} ${preloaded}`)
  for (const { byArrival } of badly.runs) {
    assert.ok(byArrival!.far > 0.07 && byArrival!.far < 0.15, `${byArrival!.far} arrived far`)
    assert.ok(byArrival!.ratio!.p99 > 20)
  }
  const decaying = played({ miss: (_age, at) => (0.3 * at) / 4_000 }, scattered)
  const apart = decaying.mean((run) => middle(run.byArrival!.near) - middle(run.byArrival!.distant))
  assert.ok(Math.abs(apart) < 0.1, `${apart} between near and distant`)
})

test('where arrivals are like the preloaded rows one in a hundred counts as far', () => {
  const { runs } = played({}, (rng) => [rng.uniform(), rng.uniform()])
  for (const { byArrival } of runs) assert.ok(byArrival!.far < 0.06)
})
