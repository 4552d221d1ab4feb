import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { noShm, SHM } from '../tmpfs.fixture.ts'
import { adapter } from './adapter.ts'
import { findServer, NO_SERVER } from './launch.ts'

const folder = async (t: TestContext, within = tmpdir()): Promise<string> => {
  const dir = await mkdtemp(join(within, 'driftmark-qdrant-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A program in the place of qdrant, which DRIFTMARK_QDRANT names until the test ends. */
const program = async (t: TestContext, source: string): Promise<string> => {
  const path = join(await folder(t), 'qdrant')
  await writeFile(path, `#!${process.execPath}\n${source}`, { mode: 0o755 })
  const before = process.env.DRIFTMARK_QDRANT
  process.env.DRIFTMARK_QDRANT = path
  t.after(() => {
    if (before === undefined) delete process.env.DRIFTMARK_QDRANT
    else process.env.DRIFTMARK_QDRANT = before
  })
  return path
}

/** Ready at the second question; tells its settings to who asks for them. */
const READY = `const { createServer } = require('node:http')
let asked = 0
createServer((request, response) => {
  const ready = asked++ > 0
  response.writeHead(request.url === '/readyz' && !ready ? 503 : 200)
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith('QDRANT__'))
  response.end(JSON.stringify({ settings: Object.fromEntries(settings), words: process.argv.slice(2) }))
}).listen(process.env.QDRANT__SERVICE__HTTP_PORT, '127.0.0.1')`

test('a launched server listens on this machine alone, in its folder, and tells nobody', async (t) => {
  await program(t, READY)
  process.env.QDRANT__SERVICE__ENABLE_TLS = 'true'
  t.after(() => delete process.env.QDRANT__SERVICE__ENABLE_TLS)
  const dir = await folder(t)
  const { options, pid, stop } = await adapter.launch!(dir, { transport: 'grpc', segments: 3 })
  const answer = await (await fetch(options.url!)).json()
  const { settings, words } = answer as { settings: Record<string, string>; words: string[] }
  assert.equal(options.url, `http://127.0.0.1:${settings.QDRANT__SERVICE__HTTP_PORT}`)
  assert.equal(options.grpcUrl, `http://127.0.0.1:${settings.QDRANT__SERVICE__GRPC_PORT}`)
  assert.equal(options.segments, 3)
  assert.equal(settings.QDRANT__SERVICE__HOST, '127.0.0.1')
  assert.equal(settings.QDRANT__TELEMETRY_DISABLED, 'true')
  assert.ok(settings.QDRANT__STORAGE__STORAGE_PATH?.startsWith(dir))
  assert.ok(settings.QDRANT__STORAGE__SNAPSHOTS_PATH?.startsWith(dir))
  assert.ok(!('QDRANT__SERVICE__ENABLE_TLS' in settings), 'settings of another server stay out')
  assert.deepEqual(words, ['--disable-telemetry'])
  assert.ok(pid !== undefined && process.kill(pid, 0))
  await stop()
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' })
})

test('a server whose folder lies in memory offers no durability of disk, and is known by its options', {
  skip: noShm,
}, async (t) => {
  await program(t, READY)
  const dir = await folder(t, SHM)
  await assert.rejects(adapter.launch!(dir, undefined, 'disk'), {
    option: 'durability',
    message: /^qdrant: durability: disk: .*tmpfs.*TMPDIR/,
  })
  const { options, stop } = await adapter.launch!(dir, undefined)
  assert.equal(options.inMemory, true)
  await stop()
})

test('a server that ends is quoted by its log', async (t) => {
  const path = await program(t, `console.error('the disk is read-only'); process.exit(1)`)
  const dir = await folder(t)
  await assert.rejects(adapter.launch!(dir, undefined), (error: Error) => {
    assert.match(error.message, /ended before it was ready|ended at once/)
    assert.match(error.message, /its log ends: the disk is read-only/)
    return error.message.includes(path) && error.message.includes(join(dir, 'qdrant.log'))
  })
})

test('a launched server ends when its run is killed', async (t) => {
  await program(t, READY)
  const dir = await folder(t)
  const run = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { adapter } = await import(${JSON.stringify(new URL('./adapter.ts', import.meta.url).href)})
       const { options } = await adapter.launch(${JSON.stringify(dir)}, undefined)
       console.log(options.url)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(run.stdout, 'data')) as [Buffer]
  const socket = connect(Number(new URL(line.toString().trim()).port), '127.0.0.1')
  await once(socket, 'connect')
  const cut = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}))
  run.kill('SIGKILL')
  await cut
})

test('where there is no server, a sentence says how to get one', async (t) => {
  assert.equal(findServer({ PATH: await folder(t) }), null)
  assert.match(NO_SERVER, /DRIFTMARK_QDRANT.*docker compose --profile qdrant.*docs\/qdrant\.md/)
  assert.throws(() => findServer({ DRIFTMARK_QDRANT: '/no/such/program' }), /\/no\/such\/program/)
  const path = await program(t, READY)
  assert.equal(findServer({ PATH: path.replace(/\/qdrant$/, '') }), path)
  const url = 'http://127.0.0.1:6333'
  await assert.rejects(adapter.launch!(await folder(t), url), { option: 'url' })
})
