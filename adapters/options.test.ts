import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { count, refusalsOf } from './options.ts'

const elsewhere = { token: 'is read from the environment alone, TOKEN' }
const { checkName, read, refuseOption } = refusalsOf('mine', elsewhere)
const schema = z.strictObject({
  ef: count(1, 10).optional(),
  inner: z.strictObject({ a: z.boolean() }).optional(),
})

test('an error begins with the adapter, names the option twice, and says that nothing was done', () => {
  const { message, option, outcome } = refuseOption('ef', 'is too much')
  assert.deepEqual([message, option, outcome], ['mine: ef: is too much', 'ef', 'fail'])
})

test('what is read is what the schema makes of it', () => {
  assert.deepEqual(read(schema, { ef: 10 }), { ef: 10 })
})

test('what is wrong is named by its path behind the prefix, what is unknown by its key', () => {
  for (const [given, prefix, message] of [
    [{ ef: 11 }, '', /^mine: ef: Too big/],
    [{ ef: 0 }, 'index.', /^mine: index\.ef: Too small/],
    [{ inner: {} }, '', /^mine: inner\.a: /],
    [{ inner: { a: true, b: 1 } }, '', /^mine: inner\.b: there is no such option$/],
    [{ fe: 1 }, '', /^mine: fe: there is no such option$/],
    [{ toString: 1 }, '', /^mine: toString: there is no such option$/],
    [{ token: 'hush' }, '', /^mine: token: is read from the environment alone, TOKEN$/],
    [7, '', /^mine: options: /],
  ] as const) {
    assert.throws(() => read(schema, given, prefix), { message, outcome: 'fail' })
  }
})

test('a name is a small letter, then small letters, digits, underscores, 63 in all', () => {
  for (const name of ['a', 'a1_b', 'a'.repeat(63)]) checkName(name)
  for (const name of ['', 'A', '1a', '_a', 'a-b', 'a b', 'ä', 'a\n', 'a'.repeat(64)])
    assert.throws(() => checkName(name), { option: 'name' }, name)
})
