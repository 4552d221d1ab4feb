import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecent, createTurnover } from './turnover.ts'

test('turnover counts from the first write on, over the rows at that instant', () => {
  const turnover = createTurnover()
  turnover.acknowledge(3)
  assert.equal(turnover.value(), 0)
  turnover.reset()
  assert.deepEqual(turnover.begin(70, 50), { at: 70, rows: 50 })
  assert.equal(turnover.begin(80, 60), null)
  turnover.acknowledge(20)
  turnover.acknowledge(5)
  assert.equal(turnover.value(), 0.5)
  turnover.reset()
  assert.deepEqual(turnover.begin(90, 0), { at: 90, rows: 0 })
  turnover.acknowledge(1)
  assert.equal(turnover.value(), 0)
})

test('recent is what was written in the second up to now', () => {
  const recent = createRecent()
  for (let at = 0; at < 5_000_000; at += 1000) recent.add(at)
  assert.equal(recent.count(4_999_000), 1000)
  assert.equal(recent.count(5_500_000), 499)
  recent.add(5_500_000)
  assert.equal(recent.count(6_499_999), 1)
  assert.equal(recent.count(6_500_000), 0)
})
