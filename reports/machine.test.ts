import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineText } from './machine.ts'

test('a sentence says who used the machine, and says nothing of what is not known', () => {
  const harness = { mean: 0.376, worst: 1.02 }
  const engine = { mean: 0.61, worst: 0.9 }
  const others = { mean: 0.12, worst: 0.8 }
  assert.deepEqual(machineText({ harness, engine, others, stolen: { mean: 0, worst: 0.01 } }), [
    'The harness used 38 % of one core (102 % in its worst second), the engine 61 % (90 %), others 12 % (80 %).',
  ])
  assert.deepEqual(machineText({ harness, engine: null, others: null, stolen: null }), [
    'The harness used 38 % of one core (102 % in its worst second).',
  ])
  assert.match(
    machineText({ harness, engine, others, stolen: { mean: 0.02, worst: 0.3 } })[0]!,
    /, the host beneath took 2 % \(30 %\)\.$/,
  )
  assert.deepEqual(machineText(null), [])
  assert.deepEqual(machineText(undefined), [])
})
