import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ERRORS, isProblem, problem, unwritable } from './errors.ts'

const documented = new Map(
  [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(
    ([, code, exit]) => [code!, Number(exit)],
  ),
)

test('docs/errors.md lists every error with its exit code, and no other', () => {
  assert.deepEqual(
    Object.fromEntries([...documented].sort()),
    Object.fromEntries(
      Object.entries(ERRORS)
        .map(([code, { exit }]) => [code, exit] as const)
        .sort(),
    ),
  )
})

test('every sentence ends as a sentence and its places are filled', () => {
  for (const [code, { sentence }] of Object.entries(ERRORS)) {
    assert.match(sentence, /([.!?]|\{\w+\})$/, code)
  }
  const error = problem('TARGET_UNKNOWN', { name: 'x', known: 'a, b' })
  assert.equal(
    error.message,
    'There is no adapter "x"; there are a, b, or a path to one of your own.',
  )
  assert.ok(isProblem(error))
  assert.ok(!isProblem(new Error('x')))
})

test('what the operating system says of a file is told in words; any other message stands as it is', () => {
  const told = (cause: Error) =>
    problem('IMPORT_FILE', { file: 'x', why: cause.message }, cause).message
  const system = (code: string) =>
    Object.assign(new Error(`${code}: gibberish, open '/x'`), { code, syscall: 'open' })
  assert.equal(
    told(system('ENOENT')),
    'The file x cannot be read: there is no such file or folder.',
  )
  assert.equal(told(system('EISDIR')), 'The file x cannot be read: it is a folder.')
  assert.match(told(system('EMFILE')), /EMFILE: gibberish/)
  assert.equal(told(new Error('$& no code')), 'The file x cannot be read: $& no code.')
})

test('an output that cannot be written is told as such; a fault of the program stays one', () => {
  const folder = join(tmpdir(), `driftmark-absent-${process.pid}`)
  const refused = (write: () => void): unknown => {
    try {
      write()
    } catch (error) {
      return unwritable('x.html', error)
    }
    return null
  }
  const told = refused(() => writeFileSync(join(folder, 'x.html'), ''))
  assert.ok(isProblem(told) && told.code === 'OUT_FILE')
  assert.match(told.message, /^x\.html cannot be written: its folder does not exist;/)
  const fault = new TypeError('ours')
  assert.equal(unwritable('x.html', fault), fault)
})
