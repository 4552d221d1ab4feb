import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isSuccess,
  REFUSED_BY_GRPC,
  REFUSED_BY_MILVUS,
  statusError,
  thrownError,
} from './outcome.ts'

const milvus = (code: number, error_code: string | number = 'UnexpectedError') =>
  statusError('upsert', { code, error_code, reason: 'why' })
const grpc = (code: number, details = 'why') =>
  Object.assign(new Error(`${code} STATUS: ${details}`), { code, details })

test('a status is success only if both of its fields say so', () => {
  assert.ok(isSuccess({ error_code: 'Success', code: 0 }))
  assert.ok(isSuccess({ error_code: 'Success' }))
  assert.ok(isSuccess({ error_code: 0 }))
  // milvus-lite's own exceptions: the client takes them for success.
  assert.ok(!isSuccess({ error_code: 'Success', code: 1 }))
  assert.ok(!isSuccess({ error_code: 'CollectionNotExists', code: 0 }))
  assert.ok(!isSuccess({ error_code: 6, code: 6 }))
  assert.ok(!isSuccess({}))
})

test('what Milvus refused before it wrote anything surely did not happen; all else is unknown', () => {
  for (const code of Object.keys(REFUSED_BY_MILVUS).map(Number))
    assert.equal(milvus(code).outcome, 'fail', String(code))
  for (const code of [1, 2, 5, 12, 26, 103, 106, 503, 1000, 1302, 2000, 10_000, 10_001, 65_535])
    assert.equal(milvus(code).outcome, 'unknown', String(code))
  assert.equal(statusError('upsert', {}).outcome, 'unknown')
  assert.equal(statusError('upsert', { error_code: 6 }).outcome, 'fail')
  assert.equal(milvus(100).code, 100)
  assert.equal(
    milvus(100, 'CollectionNotExists').message,
    'milvus: upsert: why (CollectionNotExists, 100)',
  )
})

test('of what the transport says, a refusal is sure, and what never left; a lost answer is unknown', () => {
  for (const code of Object.keys(REFUSED_BY_GRPC).map(Number))
    assert.equal(thrownError('upsert', grpc(code)).outcome, 'fail', String(code))
  for (const code of [1, 2, 4, 6, 10, 13, 14, 15])
    assert.equal(thrownError('upsert', grpc(code)).outcome, 'unknown', String(code))
  const never = 'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1'
  assert.equal(thrownError('upsert', grpc(14, `${never}. Resolution note: x`)).outcome, 'fail')
  assert.equal(
    thrownError('upsert', grpc(14, `${never}. Resolution note: x`)).message,
    `milvus: upsert: ${never}. (gRPC 14)`,
  )
  assert.equal(thrownError('upsert', grpc(14, 'read ECONNRESET')).outcome, 'unknown')
})

test("the client's own errors are told as failures of the request", () => {
  const lost = thrownError(
    'search',
    new TypeError("Cannot read properties of null (reading 'scores')"),
  )
  assert.match(lost.message, /^milvus: search: it failed, and the client lost why \(Cannot read/)
  assert.equal(lost.outcome, 'unknown')
  // It throws whole answers, which are no errors.
  const answer = { status: { error_code: 'CollectionNotExists', code: 100, reason: 'gone' } }
  assert.equal(thrownError('upsert', answer).outcome, 'fail')
  assert.equal(
    thrownError('create', answer.status).message,
    'milvus: create: gone (CollectionNotExists, 100)',
  )
  assert.equal(thrownError('upsert', new Error('odd')).outcome, 'unknown')
  assert.equal(thrownError('upsert', undefined).outcome, 'unknown')
})
