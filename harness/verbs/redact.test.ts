import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quote, redact } from './redact.ts'

test('no password of a command line survives', () => {
  const command = `run x.yaml --target pgvector=postgres://me:s3cret@h/db?password=s3cret --target 'a:{"apiKey":"s3cret","ef":64}'`
  const told = redact(command)
  assert.ok(!told.includes('s3cret'), told)
  assert.ok(told.includes('postgres://me:•••@h/db') && told.includes('"ef":64'))
})

test('a redacted command is otherwise the same, and words are quoted for a shell', () => {
  assert.equal(
    redact('run a.yaml --target sim=127.0.0.1:99'),
    'run a.yaml --target sim=127.0.0.1:99',
  )
  assert.equal(quote('a=b'), 'a=b')
  assert.equal(quote('x:{"a":1}'), `'x:{"a":1}'`)
})
