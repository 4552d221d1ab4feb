import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI, SECOND } from '../model/index.ts'
import {
  at0,
  control,
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { truthFindings } from './truth.ts'
import { turnoverOf } from './turnover.ts'
import { viewOf } from './view.ts'

const driftOf = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) =>
  truthFindings(viewOf(runOf({ ops, preload: 10, ...more })), []).whole.drift!

test('turnover counts rows acknowledged, over the rows live at clock zero', () => {
  const ops = [
    upsert(0, [
      [20, 0],
      [21, 0],
    ]),
    remove(10, [0]),
    remove(20, [1], { outcome: 'unknown' }),
    upsert(30, [[2, 1]], { done: 500 }),
  ]
  const turnover = turnoverOf(viewOf(runOf({ ops, preload: 10, revisions: 2 })))
  assert.deepEqual(
    [0, 1, 100, 500].map((at) => turnover(at * MILLI)),
    [0, 0.2, 0.3, 0.4],
  )
  assert.equal(turnoverOf(viewOf(runOf({ ops, preload: 0, revisions: 2 })))(SECOND), null)
})

test('of two collections only writes to the one that searches see are turnover', () => {
  const ops = [
    upsert(0, [[5, 0]]),
    upsert(0, [[5, 1]], {}, { space: 1 }),
    control(100, 'swap', {}, { space: 1 }),
    upsert(200, [[6, 0]]),
    upsert(200, [[6, 1]], {}, { space: 1 }),
    remove(300, [5], {}, { space: 1 }),
  ]
  const spaces = [{ model: 1 }, { model: 2 }]
  const turnover = turnoverOf(viewOf(runOf({ ops, preload: 10, meta: { spaces } })))
  assert.deepEqual(
    [50, 250, 350].map((at) => turnover(at * MILLI)),
    [0.1, 0.2, 0.3],
  )
})

test('the slope is recall lost per turnover', () => {
  // every second one of ten rows is replaced, and one search more in ten misses a neighbour
  const ops = Array.from({ length: 8 }, (_, second) => [
    remove(second * 1000, [9 - second]),
    ...Array.from({ length: 10 }, (_, i) =>
      search(second * 1000 + 600 + i, 0, i < second ? at0(0, 99) : at0(0, 1)),
    ),
  ]).flat()
  const { slopePerTurnover, worstBin } = driftOf(ops)
  assert.ok(Math.abs(slopePerTurnover.value! + 0.5) < 1e-9)
  assert.equal(slopePerTurnover.low, null)
  assert.equal(worstBin!.t, 7)
  assert.ok(Math.abs(worstBin!.low! - 0.65) < 1e-9)
})

test('with thirty bins the slope has an interval', () => {
  const ops = Array.from({ length: 40 }, (_, second) => [
    upsert(second * 1000, [[50 + second, 0]]),
    search(second * 1000 + 600, 0, second % 2 ? at0(0, 99) : at0(0, 1)),
  ]).flat()
  const { value, low, high } = driftOf(ops).slopePerTurnover
  assert.ok(low! <= value! && value! <= high!)
})

test('recovered is recall after maintenance minus before', () => {
  const ops = [
    search(100, 0, at0(0, 9)),
    search(200, 0, at0(8, 9)),
    control(1_000, 'compact', { done: 2_000 }),
    search(1_500, 0, at0(8, 9)),
    search(2_100, 0, at0(0, 1)),
    search(9_000, 0, at0(8, 9)),
  ]
  assert.equal(driftOf(ops).recovered, 0.75)
  assert.equal(driftOf(ops.slice(0, 2)).recovered, null)
})
