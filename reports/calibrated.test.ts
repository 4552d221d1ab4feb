import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Calibration } from '../harness/model/index.ts'
import { calibrated } from './calibrated.ts'
import { sampleInput } from './sample.fixture.ts'

const { manifest } = sampleInput('hnsw', 1)
const record: Calibration = {
  when: '2026-03-01T12:34:56.000Z',
  outcome: '39 of 40 claims hold, 1 OUTSIDE',
  version: manifest.versions.driftmark,
  mode: 'full',
  machine: manifest.host,
  here: true,
}
const told = (calibration: Calibration | null): string => calibrated({ ...manifest, calibration })

test('a run says when, where and with which result its instrument was calibrated, or that it was not', () => {
  assert.match(told(null), /^never/)
  assert.equal(
    told(record),
    '2026-03-01 12:34 UTC, on this machine, this version, the full battery: 39 of 40 claims hold, 1 OUTSIDE',
  )
  assert.match(told({ ...record, here: false }), /on another machine \(A processor, 2 cores/)
  assert.match(
    told({ ...record, machine: { ...manifest.host, cores: 96 } }),
    /another machine .*96/,
  )
  assert.match(told({ ...record, version: '0.0.9' }), /another version, 0\.0\.9/)
  const { when, outcome } = record
  assert.match(told({ when, outcome }), /a machine that the record does not name/)
})
