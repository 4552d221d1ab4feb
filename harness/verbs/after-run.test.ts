import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewOf } from '../analysis/index.ts'
import { probe, remove, runOf, upsert } from '../analysis/run.fixture.ts'
import { probedRows } from './after-run.ts'

test('a probed row is looked up at the version of its last upsert that did not fail, probed or not', () => {
  const ops = [
    upsert(0, [[7, 0]]),
    probe(2, 0, [7, 0], []),
    upsert(20, [[7, 1]]),
    upsert(40, [[7, 2]], { outcome: 'fail' }),
    upsert(50, [[8, 0]]),
    remove(60, [7]),
  ]
  assert.deepEqual(probedRows(viewOf(runOf({ ops, revisions: 3 }))), [[{ id: 7, version: 1 }]])
})
