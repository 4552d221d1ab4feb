import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Collection, EngineError } from '../../harness/model/index.ts'
import { isInMemory } from '../tmpfs.ts'
import { adapter } from './adapter.ts'

const clock = { now: () => performance.now() * 1000 }
const signal = new AbortController().signal
const at = (name: string): Collection => ({
  name,
  dimensions: 3,
  metric: 'cosine',
  index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 20 },
  consistency: 'default',
  durability: 'default',
  connections: 2,
})
const row = (id: number, ...vector: number[]) => ({
  id,
  version: id + 100,
  vector: Float32Array.from(vector),
})

const launched = async (t: TestContext, options?: unknown, durability?: string) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-hnsw-'))
  let server: Awaited<ReturnType<NonNullable<typeof adapter.launch>>> | undefined
  t.after(async () => {
    await server?.stop()
    await rm(dir, { recursive: true })
  })
  server = await adapter.launch!(dir, options, durability)
  return server
}

test('launch, load, search, delete, compact, describe', async (t) => {
  const { options } = await launched(t, { ef: 30, threads: 1, tiered: 'off' })
  const engine = await adapter.open(options, at('a'), clock)
  async function* batches() {
    yield [row(1, 1, 0, 0), row(2, 0, 1, 0)]
    yield [row(3, 0, 0, 1)]
  }
  await engine.bulkLoad!(batches(), signal)
  await engine.upsert([row(4, 1, 1, 0)], signal)
  const q = Float32Array.of(1, 0.1, 0)
  const nearest = [
    { id: 1, version: 101 },
    { id: 4, version: 104 },
  ]
  assert.deepEqual(await engine.search(q, 2, signal), nearest)
  assert.deepEqual(await engine.search(q, 2, signal, 50), nearest)
  assert.deepEqual(await engine.exact!(q, 2, signal), nearest)
  await engine.delete([1, 99], signal)
  await engine.compact!(signal)
  assert.deepEqual(await engine.get!([1, 2], signal), [{ id: 2, version: 102 }])
  assert.equal(await engine.count!(signal), 3)
  assert.equal((await engine.stats!()).tombstones, 0)
  const { index, m, efConstruction, ef, tiered, threads, durability } = await adapter.describe(
    options,
    at('a'),
  )
  assert.deepEqual(
    { index, m, efConstruction, ef, tiered, threads },
    { index: 'hnsw', m: 8, efConstruction: 32, ef: 30, tiered: 'off', threads: 1 },
  )
  assert.equal(durability, 'memory: nothing is kept')
  await engine.close()
})

test('describe names alpha if it is set, and says that it is not as it comes', async (t) => {
  const { options } = await launched(t)
  const telling = async (name: string, alpha?: number) => {
    const target = alpha ? { ...options, alpha } : options
    await (await adapter.open(target, at(name), clock)).close()
    const facts = await adapter.describe(target, at(name))
    return [facts.alpha, facts['index as understood'], facts['differs.alpha']]
  }
  const [alpha, understood, differs] = await telling('a', 1.3)
  assert.equal(alpha, 1.3)
  assert.match(String(understood), / consolidation=0.15 alpha=1.3 tiered=on$/)
  assert.equal(differs, '1.3, not by metric (option of the target)')
  const [none, , same] = await telling('b')
  assert.deepEqual([none, same], [undefined, undefined])
})

test('settled is when every row has its links', async (t) => {
  const { options } = await launched(t)
  const engine = await adapter.open(options, at('a'), clock)
  const rows = Array.from({ length: 200 }, (_, id) => row(id, id, 1, 200 - id))
  await engine.upsert(rows, signal)
  await engine.settle!(signal)
  const { hot, live } = await engine.stats!()
  assert.deepEqual([hot, live], [0, 200])
  await assert.rejects(engine.settle!(AbortSignal.abort()), { name: 'AbortError' })
  await engine.close()
})

test('with a data folder, a server launched anew has what was acknowledged, and describe says how it lasts', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'driftmark-data-'))
  t.after(() => rm(data, { recursive: true }))
  const first = await launched(t, { data })
  const disk = { ...at('a'), durability: 'disk' }
  const engine = await adapter.open(first.options, disk, clock)
  await engine.upsert([row(1, 1, 0, 0), row(2, 0, 1, 0)], signal)
  await engine.delete([1], signal)
  await engine.close()
  await assert.rejects(adapter.launch!(data, { data }), /in use by process \d+: stop it/)
  process.kill(first.pid!, 'SIGKILL')
  await first.stop()
  const second = await launched(t, { data, sync: 20 })
  const again = await adapter.open(second.options, at('a'), clock)
  assert.deepEqual(await again.search(Float32Array.of(1, 1, 0), 5, signal), [
    { id: 2, version: 102 },
  ])
  await again.close()
  const { durability } = await adapter.describe(second.options, at('a'))
  assert.equal(durability, 'memory: a log, fsync every 20 ms')
  await assert.rejects(adapter.open(second.options, disk, clock), /durability: disk is not what/)
})

test('what is refused says fail, and an effort below k is refused, not raised', async (t) => {
  const { options } = await launched(t)
  const engine = await adapter.open(options, at('a'), clock)
  const q = Float32Array.of(1, 0, 0)
  for (const request of [
    () => engine.upsert([row(1, 1, Number.NaN, 0)], signal),
    () => engine.upsert([row(1, 1, 0)], signal),
    () => engine.search(q, 10, signal, 9),
    () => engine.search(q, 0, signal),
    () => engine.search(q, 2.5, signal),
    () => engine.search(q, 20_000, signal),
  ]) {
    await assert.rejects(request, { outcome: 'fail' })
  }
  const other = { ...at('a'), dimensions: 4 }
  await assert.rejects(adapter.open(options, other, clock), /dimensions 3, not 4/)
  await engine.close()
})

test('a killed server: what was asked is unknown, what is asked is rejected', async (t) => {
  const { options, pid } = await launched(t)
  const engine = await adapter.open(options, at('a'), clock)
  const rows = Array.from({ length: 5000 }, (_, id) => row(id, id % 7, id % 11, 1 + (id % 13)))
  const isUnknown = (error: EngineError) => error.outcome === undefined
  const writes = Array.from({ length: 4 }, () =>
    assert.rejects(engine.upsert(rows, signal), isUnknown),
  )
  process.kill(pid!, 'SIGKILL')
  await Promise.all(writes)
  await assert.rejects(engine.search(Float32Array.of(1, 0, 0), 3, signal))
  await engine.close()
})

test('an aborted request is given up at once with the reason of its signal', async (t) => {
  const { options } = await launched(t)
  const engine = await adapter.open(options, at('a'), clock)
  const reason = new Error('time is up')
  await assert.rejects(engine.count!(AbortSignal.abort(reason)), reason)
  const controller = new AbortController()
  const rows = Array.from({ length: 2000 }, (_, id) => row(id, id % 7, id % 11, 1 + (id % 13)))
  const write = engine.upsert(rows, controller.signal)
  controller.abort(reason)
  await assert.rejects(write, reason)
  await engine.upsert([row(9000, 1, 1, 1)], signal)
  await engine.close()
})

test('the server ends when its parent is killed', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-hnsw-'))
  t.after(() => rm(dir, { recursive: true }))
  const module = JSON.stringify(new URL('./adapter.ts', import.meta.url).href)
  const script = `const { adapter } = await import(${module})
    const { options } = await adapter.launch(${JSON.stringify(dir)})
    process.stdout.write(options.url)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script])
  const [url] = await once(parent.stdout, 'data')
  assert.equal((await fetch(String(url))).status, 200)
  parent.kill('SIGKILL')
  const answers = () => fetch(String(url)).then(Boolean, () => false)
  while (await answers());
})

test('where collections shall be on disk, the launched server has a folder, unless temporary files lie in memory', async (t) => {
  if (isInMemory(tmpdir())) {
    await assert.rejects(launched(t, undefined, 'disk'), /durability: disk: .*tmpfs/)
    return
  }
  const { options } = await launched(t, undefined, 'disk')
  const onDisk = { ...at('a'), durability: 'disk' }
  const engine = await adapter.open(options, onDisk, clock)
  await engine.upsert([row(1, 1, 0, 0)], signal)
  const { durability } = await adapter.describe(options, onDisk)
  assert.match(String(durability), /disk|fsync/)
  await engine.close()
})
