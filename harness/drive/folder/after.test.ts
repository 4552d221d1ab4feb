import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { After, Samples } from '../../model/index.ts'
import { createSamples, readAfter, readSamples, writeAfter } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'driftmark-after-'))
after(() => rmSync(dir, { recursive: true }))

test('answers after the run, and nothing asked, are told apart', () => {
  const lookups: After['lookups'] = {
    count: 2,
    space: Uint8Array.of(0, 1),
    id: Uint32Array.of(7, 8),
    version: Int32Array.of(-2, 3),
    sent: Float64Array.of(1, 2),
    done: Float64Array.of(3, Number.NaN),
  }
  const rebuilds: After['rebuilds'] = {
    count: 2,
    checkpoint: Uint32Array.of(1, 1),
    rebuild: Uint32Array.of(0, 0),
    query: Uint32Array.of(0, 1),
    effort: Int32Array.of(-1, 64),
    hits: Uint32Array.of(0, 2, 3),
    hitIds: Uint32Array.of(4, 5, 6),
    hitVersions: Int32Array.of(0, -1, 2),
  }
  const none = {
    ...lookups,
    count: 0,
    space: new Uint8Array(0),
    id: new Uint32Array(0),
    version: new Int32Array(0),
    sent: new Float64Array(0),
    done: new Float64Array(0),
  }
  for (const asked of [
    { lookups, rebuilds },
    { lookups, rebuilds: null },
    { lookups: none, rebuilds },
    { lookups: null, rebuilds: null },
    { plan: 'partial', lookups: null, rebuilds },
  ]) {
    writeAfter(dir, asked)
    assert.deepEqual(readAfter(dir), asked)
  }
})

test('samples are read as they were written', () => {
  const file = createSamples(dir)
  file.append(1, { 'engine.rows': 5, inFlight: 0 })
  file.append(2, { inFlight: 3 })
  const expected: Samples = {
    count: 3,
    at: Float64Array.of(1, 1, 2),
    name: Uint16Array.of(0, 1, 1),
    value: Float64Array.of(5, 0, 3),
    names: ['engine.rows', 'inFlight'],
  }
  assert.deepEqual(readSamples(dir), expected)
  file.close()
  assert.deepEqual(readSamples(dir), expected)
})
