import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadScenario } from './index.ts'

const BASE = `name: churn
dataset: { name: clustered }
phases:
  - { name: warm-up, for: 2s, measured: false }
  - name: churn
    for: 30s
    writes: { rate: 200/s, mix: { insert: 50, delete: 50 } }
    searches: { rate: 100/s }
`

test('limits: times in milliseconds, shares as numbers, phases by name and by index', () => {
  const limits = [
    'ingestToSearchable.upper.p99 <= 1.5s',
    'recall.live.low >= 90%',
    'drift.versusRebuild.high >= -0.01',
    'phases.churn.latency.delete.service.ci95.p99.1 < 2ms',
    'phases.1.recall.bins.3.low>0.5',
  ]
  const scenario = loadScenario('a.yaml', () => `${BASE}limits: ${JSON.stringify(limits)}\n`)
  assert.deepEqual(
    scenario.limits.map(({ path, comparison, bound }) => [path, comparison, bound]),
    [
      ['ingestToSearchable.upper.p99', '<=', 1_500],
      ['recall.live.low', '>=', 0.9],
      ['drift.versusRebuild.high', '>=', -0.01],
      ['phases.churn.latency.delete.service.ci95.p99.1', '<', 2],
      ['phases.1.recall.bins.3.low', '>', 0.5],
    ],
  )
})
