import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../model/index.ts'
import { atRecall } from './efforts.ts'
import {
  at0,
  type HitLiteral,
  type OpLiteral,
  type RunLiteral,
  runOf,
  search,
} from './run.fixture.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'

/** Row i lies at i, and k is 2: the true neighbours of query 0 are rows 0 and 1. */
const RIGHT = at0(0, 1)
const HALF = at0(0, 3)
const span = (searches: number, phase: number) => ({
  phase,
  from: (searches - 50) * MILLI,
  searches: searches * MILLI,
  to: (searches + 100) * MILLI,
  rebuild: false,
})
const RUN: Omit<RunLiteral, 'ops'> = {
  preload: 5,
  phases: [
    ['before', 0, 300, false],
    ['churn', 300, 1000, true],
  ],
  meta: { checkpoints: [span(100, 0), span(400, 1), span(800, 1)] },
}
const asked = (
  checkpoint: number,
  effort: number,
  hits: readonly HitLiteral[],
  took: number,
): OpLiteral => {
  const at = [100, 400, 800][checkpoint]! + effort
  const phase = checkpoint === 0 ? 0 : 1
  return search(at, 0, hits, { done: at + took }, { checkpoint, effort, phase })
}
const curveOf = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) =>
  truthFindings(viewOf(runOf({ ...RUN, ...more, ops })), []).whole.recall!

test('recall and response time by effort, least effort first, over the measured checkpoints together', () => {
  const { byEffort } = curveOf([
    asked(0, 16, [], 9),
    asked(1, 64, RIGHT, 6),
    asked(1, 16, HALF, 1),
    asked(2, 64, RIGHT, 8),
    asked(2, 16, RIGHT, 3),
  ])
  assert.deepEqual(
    byEffort!.map(({ effort, low, high, searches, response }) => [
      effort,
      low,
      high,
      searches,
      response.max,
    ]),
    [
      [16, 0.75, 0.75, 2, 3],
      [64, 1, 1, 2, 8],
    ],
  )
})

test('a search that failed has no recall, and never ended', () => {
  const failed = { ...asked(1, 16, [], 1), event: { outcome: 'fail' as const } }
  const { byEffort } = curveOf([failed, asked(2, 16, HALF, 1), asked(1, 64, RIGHT, 1)])
  const { low, searches, response } = byEffort![0]!
  assert.deepEqual([low, searches, response.max], [0.5, 2, Infinity])
})

test('what the harness was too slow to measure is withheld', () => {
  const late = (effort: number) =>
    search(
      400 + effort,
      0,
      RIGHT,
      { sent: 410 + effort, done: 411 + effort },
      { checkpoint: 1, effort, phase: 1 },
    )
  const { byEffort } = curveOf([late(16), asked(1, 64, RIGHT, 2)])
  assert.deepEqual(
    byEffort!.map(({ response }) => response.max),
    [null, 2],
  )
})

test('one effort is no curve', () => {
  const { byEffort, atRecall } = curveOf([asked(1, 16, HALF, 1), asked(2, 16, RIGHT, 1)])
  assert.deepEqual([byEffort, atRecall], [undefined, undefined])
})

test('the least effort whose lower end reaches a recall; nothing between the efforts, nothing beyond them', () => {
  const point = (effort: number, low: number | null, high: number | null) => {
    const response = curveOf([asked(1, 16, RIGHT, effort), asked(1, 64, RIGHT, 1)]).byEffort![0]!
    return { ...response, effort, low, high }
  }
  const curve = [
    point(10, 0.85, 0.99),
    point(20, 0.9, 0.93),
    point(40, null, null),
    point(80, 0.96, 1),
  ]
  const found = atRecall(curve)
  assert.deepEqual(
    found.map(({ recall, effort, low, high, response }) => [
      recall,
      effort,
      low,
      high,
      response?.max ?? null,
    ]),
    [
      [0.9, 20, 0.9, 0.93, 20],
      [0.95, 80, 0.96, 1, 80],
      [0.99, null, null, null, null],
    ],
  )
})
