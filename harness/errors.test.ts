import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ERRORS, isProblem, problem } from './errors.ts'

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
