import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Collection, Engine, EngineError } from '../../harness/model/index.ts'
import { adapter } from './adapter.ts'
import { at, now, of, rowOf, rowsOf, setUp, signal } from './server.fixture.ts'

test('the log tells when a row became visible: no search before returned it, every search after did', async (t) => {
  const { engine, truth } = await setUp(t, { delay: { lognormal: { p50: 5, p99: 40 } } })
  const asked: { id: number; sent: number; done: number; hit: boolean }[] = []
  for (let id = 0; id < 20; id++) {
    await engine.upsert([rowOf(id)], signal())
    for (let hit = false; !hit; ) {
      const sent = now()
      const [nearest] = await engine.search(rowOf(id).vector, 1, signal())
      hit = nearest?.id === id
      asked.push({ id, sent, done: now(), hit })
      if (!hit) await sleep(1)
    }
  }
  const lines = await truth()
  assert.equal(lines[0]!.event, 'start')
  assert.equal(lines.at(-1)!.event, 'end')
  const upserts = of(lines, 'upsert')
  assert.equal(upserts.length, 20)
  for (const { id, sent, done, hit } of asked) {
    const { received, acknowledged, visible } = upserts[id]!
    assert.ok(received <= acknowledged! && received <= visible! && acknowledged! <= sent)
    if (hit) assert.ok(done >= visible!)
    else assert.ok(sent < visible!)
  }
})

test('settle waits for what was accepted; acknowledged after visibility, a write needs none', async (t) => {
  const before = await setUp(t, { delay: { fixed: 30 }, deleteDelay: { fixed: 30 } })
  await before.engine.upsert(rowsOf(3), signal())
  await before.engine.settle!(signal())
  assert.equal((await before.engine.search(rowOf(0).vector, 5, signal())).length, 3)
  await before.engine.delete([1], signal())
  await before.engine.settle!(signal())
  assert.equal((await before.engine.search(rowOf(0).vector, 5, signal())).length, 2)

  const after = await setUp(t, { delay: { fixed: 30 }, acknowledge: 'after' })
  await after.engine.upsert(rowsOf(3), signal())
  assert.equal((await after.engine.search(rowOf(0).vector, 5, signal())).length, 3)
  for (const line of of(await after.truth(), 'upsert'))
    assert.ok(line.acknowledged! >= line.visible!)
})

test('lost rows, ghosts and stale versions are those that the log names', async (t) => {
  const { engine, truth } = await setUp(t, { lost: 0.2, ghosts: 0.3, stale: 0.3 })
  await engine.upsert(rowsOf(100), signal())
  await engine.upsert(
    rowsOf(50).map(({ id }) => rowOf(id, 1)),
    signal(),
  )
  await engine.delete(
    rowsOf(100)
      .map(({ id }) => id)
      .slice(50),
    signal(),
  )
  const seen = await engine.search(rowOf(0).vector, 300, signal())
  const found = await engine.get!(
    rowsOf(100).map(({ id }) => id),
    signal(),
  )
  const lines = await truth()
  const kept = of(lines, 'upsert').filter(({ lost }) => !lost)
  const versions = (id: number) => kept.filter((line) => line.id === id)
  const ghosts = new Set(
    of(lines, 'delete')
      .filter(({ ghost }) => ghost)
      .map(({ id }) => id),
  )
  const expected = rowsOf(100).flatMap(({ id }) => {
    const own = versions(id)
    const shown = id >= 50 && !ghosts.has(id) ? [] : own.slice(own.at(-1)?.stale ? -2 : -1)
    return shown.map(({ version }) => `${id}@${version}`)
  })
  const printed = (hits: readonly { id: number; version?: number }[]) =>
    hits.map(({ id, version }) => `${id}@${version}`).sort()
  assert.deepEqual(printed(seen), expected.sort())
  assert.ok(kept.length < 150 && ghosts.size > 0 && kept.some(({ stale }) => stale))
  const current = rowsOf(50).flatMap(({ id }) => versions(id).slice(-1))
  assert.deepEqual(printed(found), printed(current))
})

/** Asks for each of the rows in turn; the share of the true neighbours (of the k nearest) that came back. */
const recall = async (engine: Engine, k: number) => {
  let hits = 0
  for (let id = 0; id < 300; id++) {
    const vector = rowOf(id).vector
    const truth = (await engine.exact!(vector, k, signal())).map((hit) => hit.id)
    const found = await engine.search(vector, k, signal())
    hits += found.filter((hit) => truth.includes(hit.id)).length
  }
  return hits / (300 * k)
}

test('recall falls by what was chosen, the log names each row left out, answers stay k long', async (t) => {
  for (const [flaws, expected] of [
    [{ missing: 0.2 }, 1 - (0.2 * 9) / 10],
    [{ missing: 0.2, spareNearest: false }, 0.8],
    [{ short: 0.1 }, 1 - (0.1 * 9) / 10],
  ] as const) {
    const { engine, truth } = await setUp(t, { ...flaws, logSearches: true })
    await engine.upsert(rowsOf(300), signal())
    const found = await recall(engine, 10)
    assert.ok(Math.abs(found - expected) < 0.03, `${found} is not ${expected}`)
    const searches = of(await truth(), 'search').filter(({ via }) => via === 'search')
    const left = searches.reduce((sum, line) => sum + line.left.length, 0)
    assert.ok(Math.abs(1 - left / 3000 - found) < 1e-9)
    const isFull = searches.every(({ returned }) => returned.length === 10)
    assert.equal(isFull, 'missing' in flaws)
  }
})

test('the same ops meet the same flaws in another run', async (t) => {
  const runs: unknown[] = []
  for (let run = 0; run < 2; run++) {
    const { engine } = await setUp(t, { missing: 0.3, lost: 0.2, errors: { fail: 0.1 } })
    const outcomes: unknown[] = []
    for (const row of rowsOf(30)) {
      outcomes.push(await engine.upsert([row], signal()).catch((error) => error.message))
      const search = engine.search(row.vector, 5, signal())
      outcomes.push(await search.catch((error) => error.message))
    }
    runs.push(outcomes)
  }
  assert.deepEqual(runs[0], runs[1])
})

test('errors say fail or unknown, and the log says what happened', async (t) => {
  const { engine, truth } = await setUp(t, { errors: { fail: 0.3, unknown: 0.3 } })
  const outcomes: string[] = []
  for (const row of rowsOf(60)) {
    const failed = (error: EngineError) => error.outcome!
    outcomes.push(await engine.upsert([row], signal()).then(() => 'ok', failed))
  }
  const stored = (
    await engine.get!(
      rowsOf(60).map(({ id }) => id),
      signal(),
    )
  ).map(({ id }) => id)
  const upserts = of(await truth(), 'upsert')
  assert.deepEqual(
    outcomes,
    upserts.map(({ answer }) => answer),
  )
  assert.deepEqual(new Set(outcomes), new Set(['ok', 'fail', 'unknown']))
  assert.deepEqual(
    stored,
    upserts.filter(({ happened }) => happened).map(({ id }) => id),
  )
  for (const { answer, acknowledged, visible, happened } of upserts) {
    assert.equal(acknowledged !== null, answer === 'ok')
    assert.equal(visible !== null, happened)
  }
})

test('a request that is never answered ends with its signal, for the signal’s reason', async (t) => {
  const { engine } = await setUp(t, { timeouts: 1 })
  const controller = new AbortController()
  const upsert = engine.upsert([rowOf(0)], controller.signal)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(upsert, (error) => error === reason)
})

test('plan answers for the index that the scenario asked for; describe tells the flaws', async (t) => {
  const { server, engine } = await setUp(t, { lost: 0.25 })
  assert.equal(await engine.plan!(), 'index')
  const scan = await adapter.open(server.options, { ...at, index: { kind: 'exact' } }, { now })
  assert.equal(await scan.plan!(), 'exact')
  await scan.close()
  assert.equal((await adapter.describe(server.options)).lost, 0.25)
})

test('a collection of another shape, or an unknown level of consistency, is refused by name', async (t) => {
  const { server } = await setUp(t, {})
  const open = (change: Partial<Collection>) =>
    adapter.open(server.options, { ...at, ...change }, { now })
  await assert.rejects(open({ dimensions: 5 }), /collection rows has 4 dimensions under l2/)
  await assert.rejects(open({ consistency: 'strong' }), /consistency: "strong" is unknown/)
  await assert.rejects(open({ durability: 'sync' }), /durability: "sync" is unknown/)
})

test('the server dies with the process that launched it', async () => {
  const source = `
    const { adapter } = await import(${JSON.stringify(new URL('./adapter.ts', import.meta.url).href)})
    const { options } = await adapter.launch(${JSON.stringify(tmpdir())}, {})
    console.log(options.server.port)`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(parent.stdout, 'data')) as [Buffer]
  const socket = connect(Number(String(port)), '127.0.0.1')
  await once(socket, 'connect')
  // A killed peer may end the connection by FIN or by RST: both are an end. `once` would reject on the error.
  socket.on('error', () => socket.destroy())
  const ended = new Promise((close) => socket.once('close', close))
  parent.kill('SIGKILL')
  socket.resume()
  await ended
})
