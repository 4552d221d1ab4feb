import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hashTrace } from '../compile/index.ts'
import { readTrace } from '../drive/folder/index.ts'
import { sha256 } from './sha256.ts'

const run = fileURLToPath(new URL('../model/testdata/runs/1-churn', import.meta.url))

test("the machine's hash of a trace is that of JavaScript, over memory that threads share as well", () => {
  const { meta, ops } = readTrace(join(run))
  const shared = new Float64Array(new SharedArrayBuffer(ops.at.byteLength))
  shared.set(ops.at)
  assert.equal(hashTrace({ meta, ops }), meta.hash)
  assert.equal(hashTrace({ meta, ops: { ...ops, at: shared } }, sha256), meta.hash)
})
