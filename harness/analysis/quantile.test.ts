import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MILLI, stream } from '../model/index.ts'
import { QUANTILE_NAMES, QUANTILES, quantileRanks } from './binomial.ts'
import { bracketQuantiles, highestSupported, quantiles, supports } from './quantile.ts'

/** 1 … n milliseconds, the largest first. */
const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => (n - i) * MILLI)

test('a quantile is the ⌈p·n⌉-th order statistic, in milliseconds', () => {
  const q = quantiles(upTo(1000))
  assert.deepEqual([q.n, q.p50, q.p90, q.p99, q.max], [1000, 500, 900, 990, 1000])
  assert.equal(quantiles(upTo(7)).p50, 4)
  assert.equal(quantiles(upTo(4000)).p999, 3996)
})

test('each quantile is printed from the n at which it can be bounded: 6, 36, 368, 3,688', () => {
  const least = { p50: 6, p90: 36, p99: 368, p999: 3688 }
  for (const name of QUANTILE_NAMES) {
    const n = least[name]
    assert.equal(supports(n, name), true, `${name} at ${n}`)
    assert.equal(supports(n - 1, name), false, `${name} at ${n - 1}`)
    assert.equal(quantiles(upTo(n - 1))[name], null)
    assert.notEqual(quantiles(upTo(n))[name], null)
    assert.equal(quantileRanks(n, QUANTILES[name]).high, n)
    assert.equal(quantileRanks(n - 1, QUANTILES[name]).high, n)
  }
})

test('where p99 is not supported, the highest quantile that is', () => {
  assert.equal(quantiles(upTo(100)).supports, 0.9637)
  assert.equal(quantiles(upTo(400)).supports, undefined)
  assert.ok(highestSupported(367) < 0.99 && highestSupported(36) >= 0.9)
})

test('no values: every figure is null', () => {
  const { ci95, ...q } = quantiles(new Float64Array())
  assert.deepEqual(q, { n: 0, p50: null, p90: null, p99: null, p999: null, max: null })
  assert.deepEqual(ci95, {})
})

test('+Infinity is a value like any other', () => {
  const values = upTo(400)
  values.fill(Infinity, 0, 5)
  const q = quantiles(values)
  assert.deepEqual([q.p90, q.p99, q.max], [360, Infinity, Infinity])
  assert.deepEqual(q.ci95.p99, [392, Infinity])
})

test('ranks of the exact interval, as tables of the binomial have them', () => {
  // n = 10, p = .5: P(X ≤ 1) = 11/1024 ≤ .025 < P(X ≤ 2) = 56/1024
  assert.deepEqual(quantileRanks(10, 500), { low: 2, high: 9 })
  // n = 100, p = .5: P(X ≤ 39) = .0176, P(X ≤ 40) = .0284
  assert.deepEqual(quantileRanks(100, 500), { low: 40, high: 61 })
  assert.deepEqual(quantileRanks(0, 500), { low: 0, high: 1 })
})

test('the lower limit of a bracket comes from L, the upper from U', () => {
  const { lower, upper } = bracketQuantiles(
    upTo(100),
    upTo(100).map((value) => value * 10),
  )
  assert.deepEqual([lower.p50, upper.p50], [50, 500])
  assert.deepEqual(lower.ci95.p50, [40, 610])
  assert.deepEqual(upper.ci95.p50, [40, 610])
})

test('quantiles grow with p, and the interval holds its quantile', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 60 })
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 100 }), (few, copies) => {
      const q = quantiles(Float64Array.from(Array(copies).fill(few).flat()))
      const printed = [q.p50, q.p90, q.p99, q.p999, q.max].filter((figure) => figure !== null)
      for (const [i, figure] of printed.entries()) if (i > 0) assert.ok(figure >= printed[i - 1]!)
      for (const name of QUANTILE_NAMES) {
        const interval = q.ci95[name]
        if (!interval) continue
        assert.ok(interval[0]! <= q[name]! && q[name]! <= interval[1]!)
      }
    }),
  )
})

test('the interval contains the true quantile in 95 of 100 draws, or more', () => {
  for (const name of QUANTILE_NAMES) {
    const p = QUANTILES[name] / 1000
    let inside = 0
    for (let draw = 0; draw < 300; draw++) {
      const rng = stream(draw, 'coverage', name)
      const values = Float64Array.from({ length: 4000 }, () => rng.uniform() * MILLI).sort()
      const ranks = quantileRanks(4000, QUANTILES[name])
      if (values[ranks.low - 1]! <= p * MILLI && p * MILLI <= values[ranks.high - 1]!) inside++
    }
    assert.ok(inside >= 276, `${name}: ${inside} of 300`)
  }
})
