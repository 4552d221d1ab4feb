import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments, USAGE } from './arguments.ts'
import { STORE_ARGUMENTS } from './store/arguments.ts'

test('help names every option, whatever else was given', () => {
  assert.equal(readArguments(['--port', 'x', '-h']), null)
  const named = [...USAGE.matchAll(/^ {2}--(\w+)/gm)].map(([, name]) => name)
  assert.deepEqual(
    named.sort(),
    ['host', 'port', 'threads', ...Object.keys(STORE_ARGUMENTS)].sort(),
  )
})

test('what is no good is told by name; others are let in only with a secret', () => {
  const wrong = (...args: string[]) =>
    assert.throws(() => readArguments(args), new RegExp(args[0]!.slice(2)))
  wrong('--port', '65536')
  wrong('--threads', '33')
  wrong('--unknown', '1')
  assert.throws(() => readArguments(['--host', '0.0.0.0'], ''), /HNSW_TOKEN/)
  assert.equal(readArguments(['--host', '0.0.0.0'], 'secret')?.token, 'secret')
  assert.deepEqual(readArguments(['--port', '7700', '--data', 'rows'])?.store, { data: 'rows' })
})
