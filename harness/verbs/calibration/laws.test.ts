import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overloadQuantile, recallError, recallMissing, stallQuantile } from './laws.ts'

const quantile = (values: number[], p: number): number =>
  values.sort((a, b) => a - b)[Math.ceil(p * values.length) - 1]!

const near = (found: number, expected: number, error: number): void =>
  assert.ok(Math.abs(found - expected) < error, `${found}, not ${expected}`)

test('a stall of 2 s in 10 s: a tenth waits 1 s and more, a hundredth 1.9 s and more', () => {
  const stall = [{ from: 3, to: 5, until: 5 }]
  assert.equal(stallQuantile(0.5, 10, stall), 0)
  near(stallQuantile(0.9, 10, stall), 1, 1e-9)
  near(stallQuantile(0.99, 10, stall), 1.9, 1e-9)
})

test('the closed form of stalls is that of arrivals played one by one, the last stall cut by the end of the run', () => {
  const stalls = [
    { from: 0.7, to: 2.7, until: 2.7 },
    { from: 3.9, to: 4.2, until: 5.9 },
  ]
  const waits = Array.from({ length: 42_000 }, (_, i) => i / 10_000).map((due) => {
    const stall = stalls.find(({ from, to }) => due >= from && due < to)
    return stall ? stall.until - due : 0
  })
  for (const p of [0.5, 0.9, 0.99, 0.999])
    near(quantile(waits, p), stallQuantile(p, 4.2, stalls), 2e-4)
})

test('the closed form of an overload is that of a queue served one by one', () => {
  const load = { offered: 600, capacity: 400, seconds: 3 }
  let free = 0
  const waits = Array.from({ length: 1800 }, (_, i) => i / 600).map((due) => {
    const begun = Math.max(free, due)
    free = begun + 1 / 400
    return begun - due
  })
  for (const p of [0.5, 0.9, 0.99]) {
    assert.ok(Math.abs(quantile(waits, p) - overloadQuantile(p, load)) < 2 / 400, `${p}`)
  }
})

test('one of ten neighbours is spared; the error falls with the root of the searches', () => {
  near(recallMissing(0.1, 10), 0.91, 1e-12)
  assert.equal(recallMissing(0.1, 1), 1)
  assert.ok(Math.abs(recallError(0.1, 10, 400) / recallError(0.1, 10, 1600) - 2) < 1e-12)
})
