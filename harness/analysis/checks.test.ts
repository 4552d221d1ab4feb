import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckResult, Limit } from '../model/index.ts'
import { checksOf, verdictOf } from './checks.ts'

const FINDINGS = {
  latency: {
    search: { response: { p50: 4, p99: null, max: Infinity, ci95: { p50: [3, 6] } } },
  },
  recall: { live: { low: 0.9, high: 0.95, searches: 10 } },
  drift: { versusRebuild: { value: -0.01, low: -0.02, high: 0 } },
  phases: [
    { name: 'warm-up', ghosts: 1 },
    { name: 'v1.5', ghosts: 2 },
  ],
}

const check = (path: string, comparison: Limit['comparison'], bound: number): CheckResult =>
  checksOf(FINDINGS, [{ text: path, path, comparison, bound }])[0]!
const outcome = (...limit: Parameters<typeof check>) => check(...limit).outcome

test('the number at the path is held against the bound', () => {
  assert.equal(outcome('recall.live.low', '>=', 0.9), 'pass')
  assert.equal(outcome('recall.live.low', '>', 0.9), 'fail')
  assert.equal(outcome('recall.live.searches', '==', 10), 'pass')
  assert.equal(outcome('recall.live.searches', '!=', 10), 'fail')
  assert.equal(outcome('drift.versusRebuild.high', '<', 0), 'fail')
  assert.equal(outcome('drift.versusRebuild.high', '<=', 0), 'pass')
})

test('lists go by index or by name, and a name may hold a dot', () => {
  for (const path of ['phases.1.ghosts', 'phases.v1.5.ghosts']) {
    assert.equal(check(path, '==', 2).value, 2)
  }
})

test('null, and a path that is not there, are unknown; Infinity compares as infinity', () => {
  assert.equal(outcome('latency.search.response.p99', '<=', 9e9), 'unknown')
  assert.equal(outcome('latency.delete.response.p50', '<=', 9e9), 'unknown')
  assert.equal(outcome('latency.search', '<=', 9e9), 'unknown')
  assert.equal(outcome('latency.search.response.max', '<=', 9e9), 'fail')
  assert.equal(outcome('latency.search.response.max', '>', 9e9), 'pass')
})

test('low and high are shown from the interval of the quantile, or of the number itself', () => {
  const ends = (path: string) => {
    const { low, high } = check(path, '<', 0)
    return [low, high]
  }
  assert.deepEqual(ends('latency.search.response.p50'), [3, 6])
  assert.deepEqual(ends('drift.versusRebuild.value'), [-0.02, 0])
  assert.deepEqual(ends('recall.live.low'), [0.9, 0.95])
  assert.deepEqual(ends('recall.live.searches'), [null, null])
})

test('verdict: invalid before fail before unknown before pass', () => {
  const of = (...outcomes: CheckResult['outcome'][]) =>
    outcomes.map((outcome) => ({ limit: '', value: null, low: null, high: null, outcome }))
  assert.equal(verdictOf(false, of('fail')), 'unknown')
  assert.equal(verdictOf(true, of('pass', 'unknown', 'fail')), 'fail')
  assert.equal(verdictOf(true, of('pass', 'unknown')), 'unknown')
  assert.equal(verdictOf(true, of('pass')), 'pass')
  assert.equal(verdictOf(true, []), 'pass')
})
