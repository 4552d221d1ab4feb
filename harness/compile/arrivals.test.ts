import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SECOND } from '../model/index.ts'
import { instants } from './arrivals.ts'

test('even: every 1/rate from the start', () => {
  assert.deepEqual(
    [...instants('even', 4, 1, 100, 100 + SECOND, 1, 'x')],
    [100, 250_100, 500_100, 750_100],
  )
  assert.deepEqual([...instants('even', 4, 2, 0, SECOND, 1, 'x')], [0, 500_000])
  assert.equal(instants('even', 3, 1, 0, 10 * SECOND, 1, 'x').length, 30)
})

test('poisson: gaps are exponential in mean and variance', () => {
  const at = instants('poisson', 1_000, 1, 0, 100 * SECOND, 5, 'x')
  assert.ok(Math.abs(at.length - 100_000) < 5 * Math.sqrt(100_000), `${at.length}`)
  const gaps = [...at].slice(1).map((t, i) => (t - at[i]!) / 1_000)
  const mean = gaps.reduce((a, b) => a + b) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  assert.ok(Math.abs(variance / mean ** 2 - 1) < 0.05, `${variance}`)
})

test('a burst adds its rate from every·i on, i ≥ 1, and leaves the base as it was', () => {
  const burst = { every: 10 * SECOND, for: 2 * SECOND, rate: 2_000 }
  const base = instants('poisson', 100, 1, 0, 25 * SECOND, 1, 'x')
  const both = instants(burst, 100, 1, 0, 25 * SECOND, 1, 'x')
  const inside = (t: number) =>
    (t >= 10 * SECOND && t < 12 * SECOND) || (t >= 20 * SECOND && t < 22 * SECOND)
  assert.deepEqual(
    [...both].filter((t) => !inside(t)),
    [...base].filter((t) => !inside(t)),
  )
  const added = both.length - base.length
  assert.ok(Math.abs(added - 8_000) < 5 * Math.sqrt(8_000), `${added}`)
  assert.deepEqual(
    [...both],
    [...both].sort((a, b) => a - b),
  )
})

test('instants are whole, ascending and within the phase', () => {
  const arrivals = fc.constantFrom('poisson' as const, 'even' as const, {
    every: 300_000,
    for: 100_000,
    rate: 70,
  })
  fc.assert(
    fc.property(
      fc.nat(),
      arrivals,
      fc.integer({ min: 1, max: 500 }),
      fc.nat(5_000_000),
      (seed, how, rate, from) => {
        const at = instants(how, rate, 1, from, from + SECOND, seed, 'x')
        at.forEach((t, i) => {
          assert.ok(Number.isInteger(t) && t >= from && t < from + SECOND && t >= (at[i - 1] ?? 0))
        })
      },
    ),
  )
})
