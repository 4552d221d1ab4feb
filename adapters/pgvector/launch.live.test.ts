import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as dial } from 'node:net'
import { test } from 'node:test'
import { connect } from './connections.ts'
import { launch } from './launch.ts'

/** Keeps the one backend busy for a while; the tests below do not depend on how long. */
const SLOW = 'SELECT count(*) FROM generate_series(1, 500000)'
const shared = { max: 1, session: '', shared: true }
/** Idle connections are handed out within a turn of the event loop; then the request is on the wire. */
const sent = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('abort, close and the death of the server: what was sent is unknown, what waited is fail', async () => {
  const server = await launch('.', undefined)
  const { url } = server.options
  const connections = await connect(url!, shared)

  const first = new AbortController()
  const second = new AbortController()
  const asked = connections.ask(SLOW, first.signal)
  const waited = connections.ask('SELECT 2', second.signal)
  await sent()
  first.abort()
  second.abort()
  await assert.rejects(asked, { outcome: 'unknown', message: /before it was answered/ })
  await assert.rejects(waited, { outcome: 'fail', message: /before it was sent/ })
  assert.deepEqual(await connections.ask('SELECT 3'), [[3]], 'the late answer is dropped')

  const closing = await connect(url!, shared)
  const inFlight = assert.rejects(closing.ask(SLOW), { outcome: 'unknown' })
  const queued = assert.rejects(closing.ask('SELECT 2'), { outcome: 'fail' })
  await sent()
  await Promise.all([closing.close(), inFlight, queued])
  await assert.rejects(closing.ask('SELECT 4'), { outcome: 'fail' })

  const dying = assert.rejects(connections.ask(SLOW), { outcome: 'unknown' })
  await sent()
  await Promise.all([server.stop(), dying])
  await assert.rejects(connections.ask('SELECT 5'), { outcome: 'fail', message: /ECONNREFUSED/ })
  await connections.close()
})

test('the server ends when its parent is killed', async () => {
  const source = `
    import { launch } from ${JSON.stringify(new URL('./launch.ts', import.meta.url).href)}
    console.log((await launch('.', undefined)).options.url)`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
  const { hostname, port } = new URL(String(printed).trim())
  const socket = dial(Number(port), hostname)
  await once(socket, 'connect')
  // A dying server may reset the connection instead of closing it: both are its end.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.resume().once('close', resolve))
  parent.kill('SIGKILL')
  await closed
})

test('what the server writes before it ends is quoted', async () => {
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = '--import=data:text/javascript,throw(new(Error)("no-memory"))'
  try {
    await assert.rejects(launch('.', undefined), /PGlite did not start \(exit 1\): .*no-memory/s)
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  }
})
