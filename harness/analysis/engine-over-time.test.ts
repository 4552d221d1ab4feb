import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOverTime } from './engine-over-time.ts'
import { type OpLiteral, type RunLiteral, runOf, search } from './run.fixture.ts'
import { viewOf } from './view.ts'

const control = (at: number, more: Partial<OpLiteral>): OpLiteral => ({
  kind: 'control',
  at,
  event: {},
  ...more,
})
const told = (literal: Partial<RunLiteral>) =>
  engineOverTime(viewOf(runOf({ preload: 3, ops: [search(0, 0, [])], ...literal })))

test('gauges of the engine that changed are series, by time, and the others one value', () => {
  const found = told({
    gauges: {
      'engine.rows_dead': [
        [2000, 7],
        [1000, 0],
      ],
      'engine.segments': [
        [1000, 3],
        [2000, 3],
      ],
      'engine.alive': [
        [1000, 1],
        [2000, 0],
      ],
      'engine.stats.failed: it was asleep': [
        [1000, 1],
        [2000, 2],
      ],
      'harness.cpu': [
        [1000, 0.1],
        [2000, 0.2],
      ],
    },
  })
  assert.deepEqual(found, {
    series: [
      {
        name: 'rows_dead',
        points: [
          [1, 0],
          [2, 7],
        ],
      },
    ],
    steady: { segments: 3 },
    controls: [],
  })
})

test('what the engine was told to do, from the request to its answer; a checkpoint asks nothing of it', () => {
  const found = told({
    ops: [
      control(500, { action: 'checkpoint' }),
      control(1000, { action: 'compact', event: { sent: 1010, done: 4000 } }),
      control(2000, { action: 'swap', event: { sent: null, done: null, outcome: 'skipped' } }),
    ],
  })
  assert.deepEqual(found!.controls, [
    { action: 'compact', due: 1, sent: 1.01, done: 4, outcome: 'ok' },
    { action: 'swap', due: 2, sent: null, done: null, outcome: 'skipped' },
  ])
})

test('an engine that tells nothing and was told nothing has none', () => {
  assert.equal(told({}), null)
})
