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
  for (const token of ['pässword', ' s3cret', 's3cret ', 's3\ncret', 'x'.repeat(4097)]) {
    assert.throws(
      () => readArguments([], token),
      ({ message }) => /^HNSW_TOKEN /.test(message) && !message.includes(token),
    )
  }
  for (const token of ['!', 'a b~', 'x'.repeat(4096)]) {
    assert.equal(readArguments([], token)?.token, token)
  }
  const rows = readArguments(['--port', '7700', '--data', 'rows'])
  assert.deepEqual(rows?.store, { data: 'rows', sync: 'always' })
})

test('what says where data lives is checked before anything is opened', () => {
  const wrong = (message: RegExp, ...args: string[]) =>
    assert.throws(() => readArguments(args), { message })
  wrong(/^data: .*empty/, '--data', '')
  wrong(/^sync: .*"foo"/, '--data', 'rows', '--sync', 'foo')
  wrong(/^sync: needs --data/, '--sync', 'always')
  wrong(/^segment: .*"10"/, '--data', 'rows', '--segment', '10')
  wrong(/^segment: needs --data/, '--segment', '4000')
  const sure = readArguments(['--data', 'rows', '--sync', '50', '--segment', '4000'])
  assert.deepEqual(sure?.store, { data: 'rows', sync: 50, segmentBytes: 4000 })
  assert.equal(readArguments([])?.store, null)
})

test('this machine is 127.0.0.0/8, ::1 and localhost', () => {
  for (const host of ['127.0.0.1', '127.0.0.2', '127.255.1.1', '::1', 'localhost']) {
    assert.equal(readArguments(['--host', host], '')?.host, host)
  }
  for (const host of ['', '128.0.0.1', '127.0.0.example.org', '127.0.0.1.2', '0.0.0.0', '::']) {
    assert.throws(() => readArguments(['--host', host], ''), /HNSW_TOKEN/, host)
  }
})
