import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readHistory } from './index.ts'

const killed = async (senders: number) => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-killed-'))
  after(() => rmSync(dir, { recursive: true }))
  const adapter = new URL('./fake.fixture.ts', import.meta.url).pathname
  const script = new URL('./endless.fixture.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, dir, adapter, String(senders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const history = readHistory(dir)
  assert.equal(history.closed, false)
  assert.ok(history.count > 0 && history.until > 0)
  for (let i = 0; i < history.count; i++) assert.ok(history.done[i]! <= history.until)
  const flushed = new Set(history.op)
  for (let sender = 0; sender < senders; sender++) {
    const its = [...flushed].filter((op) => op % senders === sender).length
    for (let i = 0; i < its; i++) assert.ok(flushed.has(i * senders + sender), `op ${i} of ${its}`)
  }
}

test('a run that is killed leaves a history readable up to its last flush', () => killed(1))
test('a run of two senders that is killed leaves one history, whole up to its last flush', () =>
  killed(2))
