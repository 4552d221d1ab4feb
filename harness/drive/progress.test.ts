import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND } from '../model/index.ts'
import { progressLine } from './progress.ts'

test('a line says how far the run is and how it fares', () => {
  const progress = {
    elapsed: 12.4 * SECOND,
    end: 35 * SECOND,
    phase: 'churn',
    offered: 401.6,
    achieved: 399.2,
    inFlight: 3,
    unseen: 17,
  }
  const late = { ...progress, elapsed: 38 * SECOND }
  assert.match(progressLine(late), /^35 s · last probes, 3 s so far · 402 ops/)
  assert.equal(
    progressLine(progress),
    '12/35 s · churn · 402 ops/s offered, 399 answered · 3 in flight · 17 not yet seen',
  )
})
