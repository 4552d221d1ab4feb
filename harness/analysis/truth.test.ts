import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Outcome, type Rng, stream } from '../model/index.ts'
import { type OpLiteral, remove, runOf, search, upsert } from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { truthFindings } from './truth.ts'
import { DELETED, viewOf } from './view.ts'

const IDS = 40
const REVISIONS = 3
const PRELOAD = 30
const K = 5

/** An engine in virtual time: each write takes effect at one instant between sent and done, each search reads at one of its own. */
const virtualRun = (
  rng: Rng,
  leftOut: number,
  searches = 30,
  outcomes: readonly Outcome[] = ['ok', 'ok', 'ok', 'fail', 'unknown'],
) => {
  const place = () => [rng.normal(), rng.normal()] as const
  const vectors = Array.from({ length: IDS * REVISIONS }, place)
  const queries = Array.from({ length: 10 }, place)
  const effects: { at: number; id: number; version: number }[] = []
  const ops: OpLiteral[] = []
  for (let i = 0; i < 60; i++) {
    const id = rng.below(IDS)
    const version = rng.below(REVISIONS + 1) - 1
    const sent = 1000 * rng.uniform()
    const took = 100 * rng.uniform()
    const outcome = outcomes[rng.below(outcomes.length)]!
    const event = { sent, done: sent + took, outcome }
    ops.push(version < 0 ? remove(sent, [id], event) : upsert(sent, [[id, version]], event))
    const happens = outcome === 'ok' || (outcome === 'unknown' && rng.below(2) === 0)
    if (happens) effects.push({ at: sent + took * rng.uniform(), id, version })
  }
  effects.sort((a, b) => a.at - b.at)
  const truths: number[] = []
  for (let i = 0; i < searches; i++) {
    const sent = 1200 * rng.uniform()
    const took = 50 * rng.uniform()
    const held = new Map(Array.from({ length: PRELOAD }, (_, id) => [id, 0]))
    const read = sent + took * rng.uniform()
    for (const { at, id, version } of effects) if (at <= read) held.set(id, version)
    const query = rng.below(queries.length)
    const [x, y] = queries[query]!
    const distance = ([id, version]: readonly [number, number]): number => {
      const [a, b] = vectors[version * IDS + id]!
      return (a - x) ** 2 + (b - y) ** 2
    }
    const nearest = [...held]
      .filter(([, version]) => version !== DELETED)
      .sort((a, b) => distance(a) - distance(b))
      .slice(0, K)
    const hits = nearest.filter(() => rng.uniform() >= leftOut)
    truths.push(nearest.length === 0 ? 1 : hits.length / nearest.length)
    ops.push(search(sent, query, hits, { done: sent + took }))
  }
  const run = runOf({
    ops,
    preload: PRELOAD,
    revisions: REVISIONS,
    vectors: [vectors],
    queries: [queries],
    scenario: { k: K, preload: PRELOAD },
  })
  const order = [...truths.keys()].sort((a, b) => ops[60 + a]!.at - ops[60 + b]!.at)
  return { view: viewOf(run), truths: order.map((i) => truths[i]!) }
}

test('an engine whose writes take effect at one instant and that answers exactly is never wrong', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { view } = virtualRun(stream(seed, 'exact'), 0)
      const { recall, ghosts, stale, loss } = truthFindings(view, []).whole
      assert.equal(recall!.live.high, 1)
      assert.deepEqual([ghosts, stale], [0, 0])
      assert.equal(loss!.undecided, 1 - recall!.live.low!)
    }),
    { numRuns: 100 },
  )
})

test('every bracket holds the true recall of its search', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, leftOut) => {
      const { view, truths } = virtualRun(stream(seed, 'loss'), leftOut)
      const { low, high } = judgeSearches(view, [])
      for (const [s, truth] of truths.entries()) {
        assert.ok(low[s]! <= truth && truth <= high[s]!, `${low[s]} <= ${truth} <= ${high[s]}`)
      }
    }),
    { numRuns: 100 },
  )
})

test('a known loss of recall lies in the bracket, within its statistical error', () => {
  const leftOut = 0.1
  const searches = 4_000
  const { view } = virtualRun(stream(1, 'known'), leftOut, searches, ['ok', 'fail'])
  const { low, high } = truthFindings(view, []).whole.recall!.live
  const error = 4 * Math.sqrt((leftOut * (1 - leftOut)) / (K * searches))
  assert.ok(low! - error <= 1 - leftOut && 1 - leftOut <= high! + error, `${low} … ${high}`)
  assert.ok(high! - low! < 0.2)
})

test('the whole is of the measured phases; each phase stands for itself', () => {
  const ops = [
    search(100, 0, [[0, 0]], {}, { phase: 0, k: 1 }),
    search(1_100, 0, [[1, 0]], {}, { phase: 1, k: 1 }),
  ]
  const phases = [
    ['warm-up', 0, 1_000, false],
    ['churn', 1_000, 2_000, true],
    ['idle', 2_000, 3_000, true],
  ] as const
  const { whole, phases: each } = truthFindings(viewOf(runOf({ ops, preload: 3, phases })), [])
  assert.deepEqual(
    [whole, ...each].map(({ recall }) => recall?.live.high),
    [0, 1, 0, undefined],
  )
  assert.deepEqual(
    [whole, ...each].map(({ ghosts }) => ghosts),
    [0, 0, 0, 0],
  )
  assert.equal(each[2]!.loss, null)
})
