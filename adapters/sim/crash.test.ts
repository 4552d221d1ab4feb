import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../harness/model/index.ts'
import { adapter } from './adapter.ts'
import { at, now, of, rowOf, rowsOf, setUp, signal } from './server.fixture.ts'

/** Writes rows one after the other until the server has crashed and answers again; what became of each. */
const writeThrough = async (engine: Engine, first: number) => {
  const outcomes: { id: number; sent: number; outcome: string }[] = []
  for (let id = first, failed = false; ; id++) {
    const sent = now()
    const outcome = await engine.upsert([rowOf(id)], signal()).then(
      () => 'ok',
      (error) => error.outcome ?? 'unknown',
    )
    outcomes.push({ id, sent, outcome })
    if (failed && outcome === 'ok') return outcomes
    failed ||= outcome !== 'ok'
    await sleep(1)
  }
}

test('after a crash the server is there again on its port; what it forgot is what the log names', async (t) => {
  const crash = { at: 400, down: 50, forgets: 200 }
  const { engine, truth, server, dir } = await setUp(t, { crash, logSearches: true })
  await engine.bulkLoad!([rowsOf(10)] as never, signal())
  await engine.delete([9], signal())
  const outcomes = await writeThrough(engine, 10)
  const ids = [...rowsOf(10), ...outcomes].map(({ id }) => id)
  const found = new Set((await engine.get!(ids, signal())).map(({ id }) => id))
  const seen = await engine.search(rowOf(0).vector, ids.length, signal())
  await engine.search(rowOf(outcomes.at(-1)!.id).vector, 20, signal())
  assert.equal((await readdir(dir)).length, 2)
  const lines = await truth()
  assert.deepEqual(await readdir(dir), ['truth.jsonl'])

  const [crashed] = of(lines, 'crash')
  const [restart] = of(lines, 'restart')
  const [zero] = of(lines, 'zero')
  assert.equal(crashed!.pid, server.pid)
  assert.notEqual(restart!.pid, server.pid)
  assert.ok(crashed!.at >= zero!.at + 399_000)
  assert.ok(restart!.at >= crashed!.at + 49_000)
  assert.deepEqual([zero!.rows, of(lines, 'end').length], [10, 1])

  const written = of(lines, 'upsert')
  const before = written.filter(({ received }) => received < crashed!.at)
  const forgotten = restart!.forgotten.map(({ id }) => id)
  // Written one after the other, they are forgotten from an instant on.
  assert.ok(forgotten.length > 0 && forgotten.length < before.length)
  assert.deepEqual(
    forgotten,
    before.slice(-forgotten.length).map(({ id }) => id),
  )
  assert.ok(restart!.forgotten.every(({ at }) => at > crashed!.at - 200_000))
  assert.ok(before.at(-forgotten.length - 1)!.received <= crashed!.at - 200_000)
  // The log and the client agree on every row.
  const stored = new Set(written.map(({ id }) => id).filter((id) => !forgotten.includes(id)))
  assert.deepEqual(
    [...found].sort((a, b) => a - b),
    [...rowsOf(9).map(({ id }) => id), ...stored],
  )
  assert.deepEqual(new Set(seen.map(({ id }) => id)), found)
  for (const { id, outcome } of outcomes) {
    if (outcome === 'ok') assert.ok(written.some((line) => line.id === id))
    if (outcome === 'fail') assert.ok(!written.some((line) => line.id === id))
  }
  assert.ok(outcomes.some(({ outcome }) => outcome === 'fail'))

  const last = of(lines, 'search').at(-1)!
  assert.ok(last.left.length > 0)
  for (const { id, why } of last.left) {
    assert.equal(why, 'forgotten')
    assert.ok(forgotten.includes(id))
  }
})

test('a delete that was forgotten leaves its row', async (t) => {
  const crash = { at: 60, down: 1, forgets: 3_600_000 }
  const { engine, truth } = await setUp(t, { crash, logSearches: true })
  await engine.bulkLoad!([rowsOf(3)] as never, signal())
  await engine.delete([1], signal())
  await writeThrough(engine, 10)
  const seen = await engine.search(rowOf(1).vector, 3, signal())
  assert.equal(seen[0]!.id, 1)
  const lines = await truth()
  assert.deepEqual(of(lines, 'restart')[0]!.forgotten[0]!.write, 'delete')
  assert.deepEqual(of(lines, 'search').at(-1)!.extra, [{ id: 1, version: 0, why: 'undeleted' }])
})

test('stopped while it is down, it does not come back', async (t) => {
  const { engine, truth } = await setUp(t, { crash: { at: 1, down: 3_600_000, forgets: 0 } })
  await engine.upsert([rowOf(0)], signal())
  for (let up = true; up; ) {
    up = await engine.count!(signal()).then(
      () => true,
      () => false,
    )
  }
  const events = (await truth()).map(({ event }) => event)
  assert.deepEqual(events, ['start', 'open', 'zero', 'upsert', 'crash', 'end'])
})

test('a server that was started again ends with the process that launched it', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-sim-'))
  t.after(() => rm(dir, { recursive: true }))
  const source = `
    const { adapter } = await import(${JSON.stringify(new URL('./adapter.ts', import.meta.url).href)})
    const crash = { at: 1, down: 1, forgets: 0 }
    const { options } = await adapter.launch(${JSON.stringify(dir)}, { crash })
    console.log(options.server.port)`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(parent.stdout, 'data')) as [Buffer]
  const server = { host: '127.0.0.1', port: Number(String(port)) }
  const engine = await adapter.open(adapter.parse({ server }), at, { now })
  await writeThrough(engine, 0)
  const socket = connect(server.port, server.host)
  await once(socket, 'connect')
  socket.on('error', () => socket.destroy())
  const ended = new Promise((close) => socket.once('close', close))
  parent.kill('SIGKILL')
  socket.resume()
  await ended
  await engine.close()
})
