import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checked } from './format.ts'

test('what a limit found has the unit of findings where the limit is a time, and none elsewhere', () => {
  assert.equal(checked('ingestToSearchable.upper.p99 <= 250ms', 62.4179), '62.4179 ms')
  assert.equal(checked('update.upper.p50 <= 2s', 12), '12 ms')
  assert.equal(checked('latency.search.response.p99 <= 1s', Infinity), '> timeout')
  assert.equal(checked('latency.search.response.p99 <= 1s', null), 'unknown')
  assert.equal(checked('recall.live.low >= 0.9', 0.93979912), '0.939799')
  assert.equal(checked('probes.share <= 10%', 0.05), '0.05')
})
