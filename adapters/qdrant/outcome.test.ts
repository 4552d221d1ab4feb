import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectError, ConnectErrorCode } from '@qdrant/js-client-grpc'
import { checkApplied } from './applied.ts'
import { lost, MEANINGS, meaningOf } from './outcome.ts'

const never = new AbortController().signal
/** As the REST client throws it: status and body, in JSON or as text. */
const answered = (status: number, data: unknown) =>
  Object.assign(new Error('Bad Request'), { status, data })
const socket = (code: string) => Object.assign(new Error(`connect ${code}`), { code })
const fetchFailed = (code: string) => new TypeError('fetch failed', { cause: socket(code) })

test('every code of the table is said once, by its client, and gives the outcome beside it', () => {
  const said = MEANINGS.map(({ of, code }) => `${of} ${code}`)
  assert.equal(new Set(said).size, said.length)
  for (const one of MEANINGS) {
    const { of, code } = one
    const error =
      of === 'rest'
        ? answered(Number(code), { status: { error: 'why' } })
        : of === 'grpc'
          ? new ConnectError('why', Number(code))
          : fetchFailed(String(code))
    assert.equal(meaningOf(error), one)
    assert.equal(lost('upsert', error, never).outcome, one.outcome, `${of} ${code}`)
  }
})

test('every code that gRPC has is in the table', () => {
  const codes = Object.values(ConnectErrorCode).filter((code) => typeof code === 'number')
  const known = MEANINGS.filter(({ of }) => of === 'grpc').map(({ code }) => code)
  assert.deepEqual([...known].sort(), [...codes].sort())
})

test('what no row names is unknown: a lost socket, a strange status, no error at all', () => {
  for (const error of [
    fetchFailed('UND_ERR_SOCKET'),
    fetchFailed('ECONNRESET'),
    new ConnectError('reset', ConnectErrorCode.Aborted, undefined, undefined, socket('EPIPE')),
    answered(418, 'teapot'),
    new Error('Unexpected Response: 202 (Accepted)'),
    'no error at all',
  ]) {
    assert.equal(lost('upsert', error, never).outcome, 'unknown')
  }
})

test('a connection that was refused sent nothing, whichever client wanted it', () => {
  const refused = socket('ECONNREFUSED')
  const { Unavailable } = ConnectErrorCode
  const grpc = new ConnectError('no', Unavailable, undefined, undefined, refused)
  for (const error of [fetchFailed('ECONNREFUSED'), grpc])
    assert.equal(lost('upsert', error, never).outcome, 'fail')
})

test('an aborted request is unknown, whatever its error says', () => {
  const aborted = lost('upsert', answered(400, 'x'), AbortSignal.abort())
  assert.equal(aborted.outcome, 'unknown')
  assert.match(aborted.message, /aborted before it was answered/)
})

test('the sentence is the server’s own, in JSON or in plain text, or the socket’s', () => {
  const sentence = (error: unknown) => lost('search', error, never).message
  const wrong = answered(400, { status: { error: 'Wrong input: expected dim: 4, got 3' } })
  assert.match(sentence(wrong), /^qdrant: search: 400 Wrong input: expected dim: 4, got 3 \(/)
  const plain = answered(401, 'Must provide an API key')
  assert.match(
    sentence(plain),
    /401 Must provide an API key \(no API key, or a wrong one: .*DRIFTMARK_QDRANT_API_KEY/,
  )
  assert.match(sentence(fetchFailed('ECONNREFUSED')), /connect ECONNREFUSED \(nobody listens/)
  assert.match(sentence(answered(500, undefined)), /500 without a reason/)
})

test('of a write that was waited for only completed is done; the rest is logged and unknown', () => {
  checkApplied('upsert', 'completed', true)
  for (const status of ['acknowledged', 'wait_timeout', 'clock_rejected', 'no status'])
    assert.throws(() => checkApplied('upsert', status, true), { outcome: 'unknown' }, status)
  checkApplied('upsert', 'acknowledged', false)
  assert.throws(() => checkApplied('upsert', 'wait_timeout', false), { outcome: 'unknown' })
})
