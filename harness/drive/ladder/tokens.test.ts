import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type PhaseSpan, SECOND } from '../../model/index.ts'
import { BURST, createTokens } from './tokens.ts'

/** Phases of a second each, with these rates. */
const phasesOf = (rates: readonly number[]): PhaseSpan[] =>
  rates.map((probeRate, i) => ({
    name: String(i),
    measured: true,
    from: i * SECOND,
    to: (i + 1) * SECOND,
    probeRate,
  }))

const drain = (tokens: ReturnType<typeof createTokens>, now: number): number => {
  let taken = 0
  while (tokens.take(now)) taken++
  return taken
}

test('a bucket is full at the start, and fills at the rate of each phase', () => {
  const tokens = createTokens(phasesOf([4, 0, 2]))
  assert.equal(drain(tokens, 0), BURST)
  assert.equal(drain(tokens, 0.5 * SECOND), 2)
  assert.equal(drain(tokens, 1.5 * SECOND), 2)
  assert.equal(drain(tokens, 2 * SECOND), 0)
  assert.equal(drain(tokens, 3 * SECOND), 2)
  assert.equal(drain(tokens, 4 * SECOND), 2, "the last phase's rate goes on")
  assert.equal(drain(tokens, 1000 * SECOND), BURST)
})

test('the next token is told across phases, and never where no phase gives one', () => {
  const tokens = createTokens(phasesOf([4, 0, 2]))
  drain(tokens, 0)
  assert.ok(Math.abs(tokens.next(0) - 0.25 * SECOND) < 1)
  drain(tokens, SECOND)
  assert.ok(Math.abs(tokens.next(SECOND) - 2.5 * SECOND) < 1)
  const none = createTokens(phasesOf([0]))
  drain(none, 0)
  assert.equal(none.next(SECOND), Number.POSITIVE_INFINITY)
  assert.equal(createTokens(phasesOf([0])).next(7), 7)
})

test('when the next token is due there is one, and a little before there is none', () => {
  const rate = fc.integer({ min: 1, max: 1000 })
  fc.assert(
    fc.property(
      fc.array(rate, { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 5 * SECOND }),
      (rates, at) => {
        const tokens = createTokens(phasesOf(rates))
        drain(tokens, at)
        const due = tokens.next(at)
        assert.equal(tokens.take(due - 1), false)
        assert.equal(tokens.take(due), true)
      },
    ),
  )
})
