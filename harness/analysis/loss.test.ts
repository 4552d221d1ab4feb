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
) => truthFindings(viewOf(runOf({ ops, preload: 5, ...more })), probed).whole.loss
const NOTHING = {
  notYetVisible: { low: 0, high: 0 },
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

const probe = (lower: number, upper: number, more: Partial<ProbedWrite> = {}): ProbedWrite => ({
  op: 0,
  kind: 'insert',
  phase: 0,
  lower: lower * MILLI,
  upper: upper * MILLI,
  ...more,
})
/** Row 1 is inserted at 0, acknowledged at 1 ms, and missed at 50 ms. */
const missed = (probed: readonly ProbedWrite[]) =>
  lossOf([upsert(0, [[1, 0]]), search(50, 0, [[0, 0]]), search(50, 0, at0(0, 7))], probed, {
    preload: 1,
  })

test('a missed new row is not yet visible in the share of writes that were not at its age', () => {
  const probed = [probe(10, 20), probe(40, 60), probe(60, Infinity), probe(30, 50)]
  const loss = lossOf([upsert(0, [[1, 0]]), search(50, 0, at0(0, 7))], probed, { preload: 1 })
  assert.deepEqual(loss, { ...NOTHING, notYetVisible: { low: 0.125, high: 0.25 }, index: 0.25 })
})

test('short comes before not yet visible', () => {
  const loss = missed([probe(60, 70)])!
  assert.deepEqual(loss, { ...NOTHING, short: 0.25, notYetVisible: { low: 0.25, high: 0.25 } })
})

test('only probed writes of the same kind and phase say anything', () => {
  const others = [probe(60, 70, { kind: 'update' }), probe(60, 70, { phase: 1 })]
  assert.deepEqual(missed(others)!.notYetVisible, { low: 0, high: 0 })
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
  assert.deepEqual(lossOf(ops, updates, more)!.notYetVisible, { low: 0.5, high: 0.5 })
  assert.deepEqual(lossOf(ops, [probe(60, 70)], more)!.notYetVisible, { low: 0, high: 0 })
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
  const inserts = [probe(60, 70)]
  const loss = lossOf(ops, inserts, { ...more, scenario: { k: 1, preload: 1 } })
  assert.deepEqual(loss!.notYetVisible, { low: 1, high: 1 })
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
