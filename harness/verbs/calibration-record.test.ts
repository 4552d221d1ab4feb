import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lastCalibration, recordCalibration } from './calibration-record.ts'

const RECORD = {
  when: '2026-03-01T12:00:00.000Z',
  outcome: '40 of 40 claims hold',
  version: '0.1.0',
  mode: 'default' as const,
  machine: { platform: 'linux x64', cpu: 'A processor', cores: 2, memoryBytes: 2 ** 33 },
  lines: 40,
  outside: 0,
  unsure: 0,
}

test('what was recorded is found; what another machine recorded says so; what is damaged is none', async (t) => {
  const state = mkdtempSync(join(tmpdir(), 'driftmark-state-'))
  const before = process.env.XDG_STATE_HOME
  process.env.XDG_STATE_HOME = state
  t.after(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME
    else process.env.XDG_STATE_HOME = before
    rmSync(state, { recursive: true })
  })
  assert.equal(await lastCalibration(), null)
  await recordCalibration(RECORD)
  assert.deepEqual(await lastCalibration(), { ...RECORD, here: true })

  const own = join(state, 'driftmark', `calibration-${hostname()}.json`)
  renameSync(own, join(state, 'driftmark', 'calibration-elsewhere.json'))
  assert.deepEqual(await lastCalibration(), { ...RECORD, here: false })

  rmSync(join(state, 'driftmark', 'calibration-elsewhere.json'))
  for (const text of ['{', '{"when":"2026-03-01","outcome":"of an early version"}']) {
    writeFileSync(own, text)
    assert.equal(await lastCalibration(), null)
  }
})
