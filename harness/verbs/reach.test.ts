import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf, failureOf } from '../drive/sender/protocol.ts'
import { unopened } from './reach.ts'

test('an error that names an option is wrong input, in another thread too; any other says nobody is there', () => {
  const refused = Object.assign(new Error('mine: durability: no'), { option: 'durability' })
  for (const [error, code, exit] of [
    [refused, 'TARGET_OPTIONS', 64],
    [errorOf(structuredClone(failureOf(refused))), 'TARGET_OPTIONS', 64],
    [new Error('mine: gone'), 'TARGET_UNREACHABLE', 69],
    [errorOf(structuredClone(failureOf(new Error('gone')))), 'TARGET_UNREACHABLE', 69],
    [Object.assign(new Error('odd'), { option: 7 }), 'TARGET_UNREACHABLE', 69],
    [null, 'TARGET_UNREACHABLE', 69],
  ] as const) {
    const told = unopened({ label: 'mine' }, error)
    assert.deepEqual([told.code, told.exit], [code, exit])
  }
})
