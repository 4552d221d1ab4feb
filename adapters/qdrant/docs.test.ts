import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConnectErrorCode } from '@qdrant/js-client-grpc'
import { parseOptions } from './options.ts'
import { MEANINGS } from './outcome.ts'

const page = readFileSync(new URL('../../docs/qdrant.md', import.meta.url), 'utf8')

test('docs/qdrant.md lists every option', () => {
  for (const option of Object.keys(parseOptions(undefined)))
    assert.ok(page.includes(`\`${option}\``), option)
})

test('docs/qdrant.md has the table of errors, each in its column', () => {
  for (const { of, code, outcome } of MEANINGS) {
    const name = of === 'grpc' ? ConnectErrorCode[Number(code)]! : String(code)
    const label = { rest: 'REST', grpc: 'gRPC', socket: 'socket' }[of]
    const [, , fail, unknown] = page
      .split('\n')
      .find((line) => line.startsWith(`| ${label} |`))!
      .split('|')
    const column = outcome === 'fail' ? fail : unknown
    assert.match(column!, new RegExp(`\\b${name}\\b`), `${label} ${name}`)
  }
})

test('the clients are of the versions that the page and the facts name', () => {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { dependencies: Record<string, string> }
  const describe = readFileSync(new URL('./describe.ts', import.meta.url), 'utf8')
  for (const name of ['@qdrant/js-client-rest', '@qdrant/js-client-grpc']) {
    assert.ok(page.includes(`\`${name}\` ${dependencies[name]}`), name)
    assert.ok(describe.includes(`${name} ${dependencies[name]}`), name)
  }
})
