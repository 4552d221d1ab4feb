import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { skipLive } from '../live.fixture.ts'
import { launch, missing } from './launch.ts'
import type { MilvusOptions } from './options.ts'
import { launchWith } from './python.fixture.ts'

const skip = skipLive('milvus', missing())

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-milvus-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('the server listens on 127.0.0.1 alone, keeps its files in a throwaway folder, and goes with it', {
  skip,
}, async (t) => {
  const server = await launch(folder(t), { ef: 80 })
  t.after(server.stop)
  const { url, data, ef } = server.options
  assert.match(url!, /^127\.0\.0\.1:\d+$/)
  assert.equal(ef, 80)
  assert.ok(existsSync(data!))
  const port = Number(url!.split(':')[1]).toString(16).toUpperCase().padStart(4, '0')
  const sockets = ['tcp', 'tcp6'].map((kind) =>
    readFileSync(`/proc/${server.pid}/net/${kind}`, 'utf8'),
  )
  // The local address, as the kernel writes it, of each socket at that port that listens (state 0A).
  const listening = new RegExp(`: (\\w+):${port} \\w+:0000 0A`, 'g')
  const addresses = [...sockets.join('').matchAll(listening)].map(([, address]) => address)
  assert.ok(addresses.length > 0)
  assert.ok(
    addresses.every((address) => address!.endsWith('0100007F')),
    addresses.join(' '),
  )
  await server.stop()
  assert.equal(existsSync(data!), false)
})

test('the server ends when its parent is killed, and takes its folder along', {
  skip,
}, async (t) => {
  const source = `
    import { launch } from ${JSON.stringify(new URL('./launch.ts', import.meta.url).href)}
    console.log(JSON.stringify((await launch(${JSON.stringify(folder(t))}, undefined)).options))`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(parent, 'close').then(() => Promise.reject(new Error('it launched nothing')))
  const [printed] = (await Promise.race([once(parent.stdout, 'data'), ended])) as [Buffer]
  const { url, data } = JSON.parse(String(printed)) as MilvusOptions
  const socket = connect(Number(url!.split(':')[1]), '127.0.0.1')
  await once(socket, 'connect')
  // A dying server may reset the connection instead of closing it: both are its end.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.resume().once('close', resolve))
  ended.catch(() => {})
  parent.kill('SIGKILL')
  await closed
  assert.equal(existsSync(data!), false)
})

test('what the server writes before it ends is quoted, and kept', { skip }, async (t) => {
  const dir = folder(t)
  await assert.rejects(
    launchWith(dir, 'milvus_lite.py', 'raise SystemExit("no-memory")'),
    /^Error: milvus-lite did not start: no-memory/,
  )
  assert.match(readFileSync(join(dir, 'milvus-lite.log'), 'utf8'), /no-memory/)
})

test('a server that is given is not launched', async (t) => {
  await assert.rejects(launch(folder(t), '127.0.0.1:19530'), { option: 'url' })
})
