import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineOf } from './machine.ts'
import { samplesOf } from './run-columns.fixture.ts'

test('by eye: who used the machine, on average and in the worst second; the rest are others', () => {
  const samples = samplesOf({
    'harness.cpu': [
      [1000, 0.5],
      [2000, 0.7],
    ],
    'engine.cpu': [
      [1000, 0.25],
      [2000, 0.25],
    ],
    'machine.cpu': [
      [1000, 1],
      [2000, 1.75],
    ],
    'machine.stolen': [
      [1000, 0],
      [2000, 0.5],
    ],
    'harness.sender.busy': [[1000, 0.9]],
  })
  const near = (usage: { mean: number; worst: number } | null) =>
    usage && [usage.mean, usage.worst].map((share) => Math.round(share * 1000) / 1000)
  const { harness, engine, others, stolen } = machineOf(samples)!
  assert.deepEqual(near(harness), [0.6, 0.7])
  assert.deepEqual(near(engine), [0.25, 0.25])
  assert.deepEqual(near(others), [0.525, 0.8])
  assert.deepEqual(near(stolen), [0.25, 0.5])
})

test('by eye: what the machine does not tell is null, never nothing', () => {
  const { engine, others } = machineOf(samplesOf({ 'harness.cpu': [[1000, 0.5]] }))!
  assert.equal(engine, null)
  assert.equal(others, null)
  assert.equal(machineOf(samplesOf({})), null)
})
