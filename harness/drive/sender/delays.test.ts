import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDelays } from './delays.ts'

test('one stretch of 100 ms in a second: a tenth of all instants waits, uniformly up to 100 ms', () => {
  const delays = createDelays()
  delays.add(100_000)
  const quantile = (p: number) => delays.quantile(p, 1_000_000)
  assert.equal(quantile(0.5), 0)
  assert.equal(quantile(0.89), 0)
  const near = (value: number, expected: number) =>
    assert.ok(
      value >= expected * 0.999 && value <= expected * 1.05,
      `${value} is not about ${expected}`,
    )
  near(quantile(0.95), 50_000)
  near(quantile(0.99), 90_000)
  assert.equal(delays.longest, 100_000)
})

test('a thread that only spins, in turns of 3 µs, has no delay worth the name', () => {
  const delays = createDelays()
  for (let i = 0; i < 100_000; i++) delays.add(3)
  assert.ok(delays.quantile(0.999, 300_000) <= 3.1)
})

/** The quantile by its definition, over all stretches. */
const exactly = (stretches: readonly number[], p: number, span: number): number => {
  const above = (x: number): number =>
    stretches.reduce((sum, stretch) => sum + Math.max(0, stretch - x), 0)
  let [low, high] = [0, Math.max(...stretches)]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (above(middle) > (1 - p) * span) low = middle
    else high = middle
  }
  return high
}

test('a quantile is never below the true one, and at most a bin above', () => {
  const stretch = fc.double({ min: 2, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(stretch, { minLength: 1, maxLength: 50 }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      fc.constantFrom(0.5, 0.9, 0.99, 0.999),
      (stretches, idle, p) => {
        const span = idle * stretches.reduce((sum, one) => sum + one, 0)
        const delays = createDelays()
        for (const one of stretches) delays.add(one)
        const exact = exactly(stretches, p, span)
        const told = delays.quantile(p, span)
        assert.ok(told >= exact * (1 - 1e-9) - 1e-9, `${told} is below ${exact}`)
        assert.ok(told <= Math.max(1.1, exact * 1.0443), `${told} is too far above ${exact}`)
      },
    ),
  )
})
