import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf, sqlState, unsure } from './outcome.ts'

const answered = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' })
const socket = (code: string) => Object.assign(new Error(code), { code, syscall: 'read' })

test('what the server refused or rolled back surely did not happen; all else is unknown', () => {
  for (const [code, outcome] of [
    ['21000', 'fail'],
    ['22000', 'fail'],
    ['22P02', 'fail'],
    ['23505', 'fail'],
    ['25006', 'fail'],
    ['40001', 'fail'],
    ['40P01', 'fail'],
    ['40003', 'unknown'],
    ['42P01', 'fail'],
    ['53100', 'fail'],
    ['54000', 'fail'],
    ['55P03', 'fail'],
    ['08006', 'unknown'],
    ['57P01', 'unknown'],
    ['57014', 'unknown'],
    ['58030', 'unknown'],
    ['XX000', 'unknown'],
  ] as const) {
    assert.equal(outcomeOf(answered(code)), outcome, code)
  }
})

test("a socket's error is unknown, though its code may look like a SQLSTATE", () => {
  for (const code of ['ECONNRESET', 'EPIPE', '22000'])
    assert.equal(outcomeOf(socket(code)), 'unknown')
  assert.equal(outcomeOf(new Error('Connection terminated unexpectedly')), 'unknown')
  assert.equal(outcomeOf('no error at all'), 'unknown')
  assert.equal(sqlState(socket('EPIPE')), undefined)
  assert.equal(unsure('aborted').outcome, 'unknown')
})
