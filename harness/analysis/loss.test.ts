import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MILLI } from '../model/index.ts'
import type { ProbedWrite } from './fresh.ts'
import {
  at0,
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'
import { arbitraryInstant, arbitraryWrites } from './writes.fixture.ts'

/** Row i lies at i, the query at 0, k is 2. */
const lossOf = (
  ops: readonly OpLiteral[],
  probed: readonly ProbedWrite[] = [],
  more: Partial<RunLiteral> = {},
) => {
  const run = runOf({ ops, preload: 5, lookups: [], ...more })
  const { loss } = truthFindings(viewOf(run), probed).whole
  const { ci95, ...ends } = loss!.notYetVisible
  const [low, high] = ci95!
  assert.ok(low === null || high === null || (low <= ends.low! && high >= ends.high!))
  return { ...loss!, notYetVisible: ends }
}
const NOTHING = {
  notYetVisible: { low: 0, high: 0 },
  lost: 0,
  crowdedOut: 0,
  short: 0,
  index: 0,
  undecided: 0,
}

test('a perfect answer loses nothing', () => {
  assert.deepEqual(lossOf([search(0, 0, at0(0, 1))]), NOTHING)
})

test('a preloaded neighbour that is missed is the fault of the index', () => {
  assert.deepEqual(lossOf([search(0, 0, at0(0, 2))]), { ...NOTHING, index: 0.5 })
})

test('rows that are not returned at all are short', () => {
  assert.deepEqual(lossOf([search(0, 0, at0(0))]), { ...NOTHING, short: 0.5 })
  assert.deepEqual(lossOf([search(0, 0, [])]), { ...NOTHING, short: 1 })
})

test('a ghost nearer than the n-th true neighbour crowds one out; a farther one does not', () => {
  const removal = remove(0, [0])
  assert.deepEqual(lossOf([removal, search(10, 0, at0(0, 1))]), { ...NOTHING, crowdedOut: 0.5 })
  const far = remove(0, [4])
  assert.deepEqual(lossOf([far, search(10, 0, at0(0, 4))]), { ...NOTHING, index: 0.5 })
})

test('a ghost without a version stands where the row last was', () => {
  const removal = remove(0, [0])
  assert.deepEqual(lossOf([removal, search(10, 0, [0, 1])]), { ...NOTHING, crowdedOut: 0.5 })
})

test('a stale version crowds out as a ghost does', () => {
  const vectors = [
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [8, 0],
      [9, 0],
      [9, 0],
    ],
  ]
  const more = { vectors, revisions: 2, preload: 3 }
  const moved = upsert(0, [[0, 1]])
  const asked = search(10, 0, [
    [0, 0],
    [1, 0],
  ])
  assert.deepEqual(lossOf([moved, asked], [], more), { ...NOTHING, crowdedOut: 0.5 })
})

const NONE_OF_THESE = 99
/** Knowledge of a write: of one that no search missed, unless `more` says which. */
const probe = (lower: number, upper: number, more: Partial<ProbedWrite> = {}): ProbedWrite => ({
  op: NONE_OF_THESE,
  id: NONE_OF_THESE,
  lostFrom: Infinity,
  kind: 'insert',
  phase: 0,
  lower: lower * MILLI,
  upper: upper * MILLI,
  ...more,
})
/** Row 1 is inserted at 0, acknowledged at 1 ms, and missed by the search of 50 ms. */
const missed = (probed: readonly ProbedWrite[]) =>
  lossOf([upsert(0, [[1, 0]]), search(50, 0, at0(0, 7))], probed, { preload: 1 })
const itself = { op: 0, id: 1 }
const halves = (low: number, high: number) => ({
  ...NOTHING,
  notYetVisible: { low, high },
  index: 0.5 - high,
})

test('a missed row that was probed is judged by what its own probes prove', () => {
  assert.deepEqual(missed([probe(60, 70, itself)]), halves(0.5, 0.5))
  assert.deepEqual(missed([probe(20, 30, itself)]), halves(0, 0))
  assert.deepEqual(missed([probe(40, 60, itself)]), halves(0, 0.5))
})

test('to be visible before a search ended is not to be visible when it began', () => {
  const slow = search(40, 0, at0(0, 7), { done: 80 })
  const loss = lossOf([upsert(0, [[1, 0]]), slow], [probe(60, 70, itself)], { preload: 1 })
  assert.deepEqual(loss, halves(0, 0.5))
})

test('a row that the look-up proved lost is told apart, and stays a part of what was not yet visible', () => {
  const lost = { lower: Infinity, upper: Infinity, lostFrom: 0 }
  assert.deepEqual(missed([probe(0, 0, { ...itself, ...lost })]), {
    ...halves(0.5, 0.5),
    lost: 0.5,
  })
  const later = probe(2, 3, { ...itself, lostFrom: 40 * MILLI })
  assert.deepEqual(missed([later]), { ...halves(0, 0.5), lost: 0.5 })
  assert.deepEqual(missed([{ ...later, lostFrom: 60 * MILLI }]), halves(0, 0))
})

test('a missed row that was not probed counts as the missed ones that were, nearest in age', () => {
  const inserts = [1, 2, 3, 4, 5].map((id) => upsert(0, [[id, 0]]))
  const asked = [1, 2, 3, 4, 5].map((id) => search(50, id, at0(0)))
  const known = [probe(60, 70), probe(60, 70), probe(40, 45), probe(40, 60)]
  const probed = known.map((one, i) => ({ ...one, op: i, id: i + 1 }))
  const more = { preload: 1, scenario: { k: 1, preload: 1 } }
  const loss = lossOf([...inserts, ...asked], probed, more)
  assert.ok(Math.abs(loss.notYetVisible.low! - (2 + 2 / 4) / 5) < 1e-12)
  assert.ok(Math.abs(loss.notYetVisible.high! - (3 + 3 / 4) / 5) < 1e-12)
})

test('where so few late writes decide, no interval is claimed', () => {
  const inserts = [1, 2].map((id) => upsert(0, [[id, 0]]))
  const run = runOf({
    ops: [...inserts, search(50, 1, at0(0)), search(50, 2, at0(0))],
    preload: 1,
    lookups: [],
    scenario: { k: 1, preload: 1 },
  })
  const { loss } = truthFindings(viewOf(run), [probe(60, 70, itself)]).whole
  assert.deepEqual(loss!.notYetVisible.ci95, [null, null])
})

test('what share of all writes was visible at that age says nothing: it was missed', () => {
  const quick = Array.from({ length: 99 }, () => probe(1, 2))
  assert.deepEqual(missed([...quick, probe(60, 70, itself)]), halves(0.5, 0.5))
})

test('where none of the missed rows was probed, only what holds for every probed write is known', () => {
  assert.deepEqual(missed([probe(10, 20), probe(20, 30)]), halves(0, 0))
  assert.deepEqual(missed([probe(60, 70), probe(70, 80)]), halves(0.5, 0.5))
  assert.deepEqual(missed([probe(10, 20), probe(70, 80)]), halves(0, 0.5))
})

test('only probed writes of the same kind and phase say anything; without any, nothing is known', () => {
  const others = [probe(1, 2, { kind: 'update' }), probe(1, 2, { phase: 1 })]
  assert.deepEqual(missed(others), halves(0, 0.5))
  assert.deepEqual(missed([]), halves(0, 0.5))
})

test('short comes before not yet visible', () => {
  const loss = lossOf([upsert(0, [[1, 0]]), search(50, 0, [[0, 0]])], [probe(60, 70, itself)], {
    preload: 1,
  })
  assert.deepEqual(loss, { ...NOTHING, short: 0.5 })
})

test('a ghost takes the place of a neighbour only if nothing farther was returned', () => {
  const removal = remove(0, [0])
  const near = upsert(0, [[6, 0]])
  const vectors = [[0, 1, 2, 3, 4, 5, 0.5].map((x) => [x, 0])]
  const known = [probe(60, 70, { op: 1, id: 6 })]
  // the row at 0.5 is not visible yet: the ghost at 0 has a place that nobody could have had
  const asked = search(50, 0, at0(0, 2, 3))
  const more = { vectors, scenario: { k: 3, preload: 5 } }
  const third = 1 / 3
  const loss = lossOf([removal, near, asked], known, more)
  const ends = { low: third, high: third }
  assert.deepEqual(loss, { ...NOTHING, notYetVisible: ends, index: third })
})

test('a new version of an existing row is an update', () => {
  const vectors = [
    [
      [9, 0],
      [1, 0],
      [2, 0],
      [0, 0],
      [9, 0],
      [9, 0],
    ],
  ]
  const more = { vectors, revisions: 2, preload: 3 }
  const ops = [upsert(0, [[0, 1]]), search(50, 0, at0(1, 2))]
  const updates = [probe(60, 70, { kind: 'update' })]
  assert.deepEqual(lossOf(ops, updates, more).notYetVisible, { low: 0.5, high: 0.5 })
  assert.deepEqual(lossOf(ops, [probe(60, 70)], more).notYetVisible, { low: 0, high: 0.5 })
})

test('in a batch each row is judged by itself', () => {
  const vectors = [
    [
      [9, 0],
      [2, 0],
      [0, 0],
      [1, 0],
      [9, 0],
      [9, 0],
    ],
  ]
  const more = { vectors, revisions: 2, preload: 1 }
  const ops = [
    upsert(0, [
      [0, 1],
      [2, 0],
    ]),
    search(50, 0, at0(1)),
  ]
  const batch = [probe(1, 2, { op: 0, id: 0 }), probe(60, 70, { op: 0, id: 2 })]
  const loss = lossOf(ops, batch, { ...more, scenario: { k: 1, preload: 1 } })
  assert.deepEqual(loss.notYetVisible, { low: 1, high: 1 })
})

test('what is undecided stands apart', () => {
  const loss = lossOf([upsert(0, [[0, 0]], { done: 100 }), search(50, 1, at0(9))], [], {
    preload: 0,
  })
  assert.deepEqual(loss, { ...NOTHING, undecided: 1 })
})

test('for any history the causes add up to 1 − high, and high − low is undecided', () => {
  const hit = fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 2 }))
  fc.assert(
    fc.property(
      arbitraryWrites(6, 3),
      fc.array(fc.record({ at: arbitraryInstant, took: arbitraryInstant, hits: fc.array(hit) }), {
        minLength: 1,
      }),
      fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 5 }),
      (writes, searches, intervals) => {
        const probed = intervals.map(([lower, more]) => probe(lower, lower + more))
        const asked = searches.map(({ at, took, hits }) => search(at, 0, hits, { done: at + took }))
        const vectors = [Array.from({ length: 18 }, (_, i) => [(i * 7) % 5, 0])]
        const run = runOf({ ops: [...writes, ...asked], preload: 3, revisions: 3, vectors })
        const { loss, recall } = truthFindings(viewOf(run), probed).whole
        const { notYetVisible, crowdedOut, short, index, undecided } = loss!
        const { low, high } = recall!.live
        const sum = notYetVisible.high! + crowdedOut! + short! + index!
        assert.ok(Math.abs(sum - (1 - high!)) < 1e-9)
        assert.ok(Math.abs(undecided! - (high! - low!)) < 1e-9)
        assert.ok(notYetVisible.low! <= notYetVisible.high!)
        for (const share of [notYetVisible.low!, crowdedOut!, short!, index!, undecided!]) {
          assert.ok(share >= 0 && share <= 1)
        }
      },
    ),
    { numRuns: 500 },
  )
})
