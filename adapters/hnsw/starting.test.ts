import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { createCollections } from './collections.ts'
import { createFront } from './front.ts'
import { askOf, PLAIN, portOf, refusedAs } from './service.fixture.ts'
import { createService } from './service.ts'
import { createStart } from './starting.ts'
import { LEAST_ROWS } from './store/image.ts'
import { ENTRY } from './store/kill.fixture.ts'
import { openCollections, put, stateOf, withFolder } from './store/store.fixture.ts'
import { openThreads } from './threads/index.ts'

test('a server that starts lives, tells how far it is, takes nothing, and is ready on the same port', async (t) => {
  const { advance, handle } = createStart(new AbortController().signal)
  const front = createFront(handle)
  front.server.listen(0, '127.0.0.1')
  await once(front.server, 'listening')
  t.after(() => front.server.close().closeAllConnections())
  const ask = askOf(portOf(front.server))
  await advance('building', 3, 10)
  assert.deepEqual((await ask('GET', '/healthz')).json, { alive: true })
  const ready = await ask('GET', '/readyz')
  assert.deepEqual(
    [ready.status, ready.json],
    [503, { ready: false, status: 'starting', step: 'building', done: 3, of: 10 }],
  )
  for (const reply of [
    await ask('GET', '/collections'),
    await ask('GET', '/metrics'),
    await ask('POST', '/collections/a/upsert', new Uint8Array(100_000)),
    await ask('POST', '/healthz', {}),
  ]) {
    refusedAs(reply, 503, 'starting', /building, 3 of 10/)
    assert.equal(reply.headers.get('retry-after'), '1')
  }
  const threads = openThreads()
  t.after(threads.close)
  createService(createCollections(threads.writer), threads, { front })
  assert.deepEqual((await ask('GET', '/readyz')).json, { ready: true })
  assert.deepEqual((await ask('PUT', '/collections/a', PLAIN)).json, { created: true })
})

test('a start that is called off ends at its next step', async () => {
  const off = new AbortController()
  const { advance } = createStart(off.signal)
  await advance('reading', 1, 2)
  off.abort()
  assert.throws(() => advance('reading', 2, 2), { name: 'AbortError' })
})

const GRAPH = { ...PLAIN, kind: 'hnsw', tiered: 'off' } as const

/** A folder of some hundred rows, and the state that it holds. */
const fill = async (dir: string) => {
  const all = await openCollections(dir)
  await all.create('a', { ...GRAPH, m: 16, efConstruction: 200, ef: 64 })
  for (let id = 0; id < 900; id += 3) await put(all, 'a', id, id, id + 1, id + 2)
  const state = stateOf(all)
  await all.journal.close()
  return state
}

/** The same of a folder whose image leaves nothing to build. */
const fillWithImage = async (dir: string) => {
  const all = await openCollections(dir)
  await all.create('a', { ...GRAPH, m: 2, efConstruction: 4, ef: 4 })
  const ids = Array.from({ length: LEAST_ROWS }, (_, id) => id)
  for (let version = 0; version < 20; version++) await put(all, 'a', version, ...ids)
  const state = stateOf(all)
  await all.journal.close(all.images())
  return state
}

/** Starts a server; resolves when it has said its first line, which it says before it has read anything. */
const listening = async (dir: string) => {
  const child = spawn(process.execPath, [ENTRY, '--data', dir])
  const said: string[] = []
  const complaints: string[] = []
  child.stderr.on('data', (text) => complaints.push(String(text)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
  await Promise.race([once(lines, 'line'), ended])
  return { child, ended, said, complaints }
}

for (const [name, filled] of [
  ['rows', fill],
  ['an image', fillWithImage],
] as const) {
  test(`SIGTERM during a start from ${name} ends it with 0, frees the folder, and leaves what is in it`, () =>
    withFolder(async (dir) => {
      const before = await filled(dir)
      const { child, ended, complaints } = await listening(dir)
      child.kill('SIGTERM')
      assert.deepEqual([await ended, complaints], [0, []])
      const again = await openCollections(dir)
      assert.deepEqual(stateOf(again), before)
      await again.journal.close()
    }))
}

test('a damaged log and a folder in use end a server with 1 and a sentence before it says that it is ready', () =>
  withFolder(async (dir) => {
    await fill(dir)
    const log = join(dir, 'log-000000000001')
    const bytes = await readFile(log)
    bytes[1000]! ^= 1
    await writeFile(log, bytes)
    const damaged = await listening(dir)
    assert.equal(await damaged.ended, 1)
    assert.match(
      damaged.complaints.join(''),
      /^\S+log-000000000001 is damaged at byte \d+: [^\n]+\n$/,
    )
    bytes[1000]! ^= 1
    await writeFile(log, bytes)
    const holder = await openCollections(dir)
    const second = await listening(dir)
    assert.equal(await second.ended, 1)
    assert.match(
      second.complaints.join(''),
      /^the data folder .* is in use by process \d+: [^\n]+\n$/,
    )
    for (const { said } of [damaged, second]) {
      assert.deepEqual(
        said.map((line) => JSON.parse(line).ready),
        [false],
      )
    }
    await holder.journal.close()
  }))
