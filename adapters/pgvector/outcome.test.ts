import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEANING, outcomeOf, sqlState, unsure } from './outcome.ts'

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
    ['57014', 'fail'],
    ['57P02', 'unknown'],
    ['57P03', 'fail'],
    ['99999', 'unknown'],
    ['58030', 'unknown'],
    ['XX000', 'unknown'],
  ] as const) {
    assert.equal(outcomeOf(answered(code)), outcome, code)
  }
})

test("a socket's error is unknown, unless the connection never was; it is no SQLSTATE, though it may look like one", () => {
  for (const [code, outcome] of [
    ['ECONNRESET', 'unknown'],
    ['EPIPE', 'unknown'],
    ['ETIMEDOUT', 'unknown'],
    ['EHOSTUNREACH', 'unknown'],
    ['ENOMEM', 'unknown'],
    ['ECONNREFUSED', 'fail'],
    ['ENOTFOUND', 'fail'],
  ] as const) {
    assert.equal(outcomeOf(socket(code)), outcome, code)
  }
  assert.equal(outcomeOf(new Error('Connection terminated unexpectedly')), 'unknown')
  assert.equal(outcomeOf('no error at all'), 'unknown')
  assert.equal(sqlState(socket('EPIPE')), undefined)
  assert.equal(unsure('aborted').outcome, 'unknown')
})

test('each entry of the table is read by the error that it names', () => {
  for (const [code, [outcome]] of Object.entries(MEANING)) {
    const error = /^E[A-Z_]+$/.test(code) ? socket(code) : answered(code.padEnd(5, '0'))
    assert.equal(outcomeOf(error), outcome, code)
  }
})
