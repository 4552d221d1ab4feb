import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse, viewOf } from '../../analysis/index.ts'
import { at0, runOf, search, upsert } from '../../analysis/run.fixture.ts'
import type { Findings } from '../../model/index.ts'
import { vectorDbBenchFile, vectorDbBenchOf } from './result.ts'

const SEARCHES = Array.from({ length: 400 }, (_, i) =>
  search(1 + 2 * i, 0, at0(0, 1), { done: 1 + 2 * i + (i === 399 ? 80 : 1) }),
)
const RUN = runOf({
  preload: 3,
  ops: [
    ...SEARCHES,
    upsert(100, [
      [3, 0],
      [4, 0],
    ]),
    upsert(200, [[5, 0]]),
  ],
})

const resultOf = (findings: Findings) => vectorDbBenchOf(viewOf(RUN), findings).results[0]!

test('what was measured stands in seconds; what was not is not there', () => {
  const findings = analyse(RUN)
  assert.equal(findings.validity.valid, true)
  const { metrics, label, task_config } = resultOf(findings)
  assert.equal(label, ':)')
  assert.equal(metrics.serial_latency_p99, 0.001)
  assert.equal(metrics.serial_latency_p95, 0.001)
  assert.equal(metrics.recall, 1)
  assert.equal(metrics.inserted_count, 3)
  assert.ok(!('qps' in metrics) && !('load_duration' in metrics) && !('ndcg' in metrics))
  assert.match(task_config.db_config.note, /measured by driftmark, open loop, from scheduled time/)
  assert.equal(task_config.case_config.k, 2)
  assert.equal(task_config.case_config.custom_case.dataset_config.size, 6)
  assert.equal(vectorDbBenchFile(findings), 'result_20250101_driftmark_sim.json')
})

test('the label follows the validity, and what the figures leave open', () => {
  const findings = analyse(RUN)
  const { search: timed } = findings.latency
  const endless = { ...timed!, response: { ...timed!.response, p99: Infinity } }
  const labelOf = (more: Partial<Findings>) => resultOf({ ...findings, ...more }).label
  assert.equal(labelOf({ validity: { ...findings.validity, valid: false } }), 'x')
  assert.equal(labelOf({ recall: null }), '?')
  assert.equal(labelOf({ latency: { search: endless } }), '?')
  assert.equal(labelOf({ latency: {} }), '?')
})

test('a document is JSON: no infinity, nothing undefined', () => {
  const document = vectorDbBenchOf(viewOf(RUN), analyse(RUN))
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document)
})
