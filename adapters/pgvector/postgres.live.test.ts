import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testContractLaunched } from '../contract/subtests.fixture.ts'
import { batchesOf, signal } from '../rows.fixture.ts'
import { connect, once } from './connections.ts'
import { clock, collection, launched, randomRows, randomVector, skip } from './postgres.fixture.ts'
import { adapter } from './postgres.ts'

/** Answers only when it is cancelled: by its client's absence, which the server looks for. */
const ENDLESS = 'SELECT pg_sleep(3600)'

test('the target postgres passes the contract', { skip }, (t) => testContractLaunched(t, adapter))

test('each durability is the one that its connections have', { skip }, async (t) => {
  const { options } = await launched(t)
  // Whatever this machine keeps temporary files in: the connections are the same.
  const onDisk = { ...options, inMemory: false }
  for (const [durability, expected] of [
    ['disk', 'on'],
    ['memory', 'off'],
  ] as const) {
    const at = collection(`live_${durability}`, { durability })
    const engine = await adapter.open(onDisk, at, clock)
    await engine.upsert(randomRows(1), signal)
    const facts = await adapter.describe(onDisk, at)
    assert.equal(facts.synchronous_commit, expected)
    await engine.close()
  }
  const careless = await launched(t, { settings: { fsync: 'off' } })
  const disk = collection('a', { durability: 'disk' })
  await assert.rejects(adapter.open(careless.options, disk, clock), { option: 'durability' })
  const { durability } = await adapter.describe({ ...careless.options, inMemory: false })
  assert.equal(durability, 'memory: fsync is off')
})

test('describe tells each setting that is not as shipped, with its reason, and the index as built; no password', {
  skip,
}, async (t) => {
  const given = { settings: { shared_buffers: '256MB', work_mem: '8MB' } }
  const { options } = await launched(t, given)
  const at = collection('told')
  const engine = await adapter.open(options, at, clock)
  const facts = await adapter.describe(options, at)
  await engine.close()
  assert.equal(facts.system, 'PostgreSQL')
  assert.equal(facts.fsync, 'on')
  assert.equal(facts.comparable, undefined)
  assert.equal(facts.shared_buffers, '256MB')
  assert.match(
    `${facts['differs.shared_buffers']}`,
    /^256MB, not \S.* \(given when it was launched\)$/,
  )
  assert.equal(facts['differs.work_mem'], '8MB, not 4096 × kB (given when it was launched)')
  assert.match(
    `${facts['differs.listen_addresses']}`,
    /^127\.0\.0\.1, not localhost \(reached from this machine alone/,
  )
  assert.equal(
    facts['index as understood'],
    "hnsw (embedding vector_l2_ops) WITH (m='8', ef_construction='32')",
  )
  const { password } = new URL(options.url!)
  assert.ok(password.length > 10 && !JSON.stringify(facts).includes(password))
})

test('below a thousand rows the planner scans the table, and plan says exact; above it says index', {
  skip,
}, async (t) => {
  const { options } = await launched(t)
  const index = { kind: 'hnsw', m: 16, efConstruction: 64, ef: 64 } as const
  for (const [count, plan] of [
    [500, 'exact'],
    [3_000, 'index'],
  ] as const) {
    const engine = await adapter.open(options, { ...collection(`rows_${count}`), index }, clock)
    await engine.bulkLoad!(batchesOf(randomRows(count)), signal)
    await engine.settle!(signal)
    assert.equal(await engine.count!(signal), count)
    await engine.search(randomVector(), 10, signal)
    assert.equal(await engine.plan!(), plan)
    await engine.close()
  }
})

test('dead tuples eat ef_search: short results after deletes, cured by VACUUM', {
  skip,
}, async (t) => {
  const { options } = await launched(t)
  const at = collection('dead', { index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 10 } })
  const asked = adapter.parse({ ...options, autovacuum: { enabled: false } })
  const engine = await adapter.open(asked, at, clock)
  await engine.bulkLoad!(batchesOf(randomRows(3_000)), signal)
  await engine.settle!(signal)
  const queries = Array.from({ length: 50 }, randomVector)
  const short = async () => {
    const answers = await Promise.all(queries.map((query) => engine.search(query, 10, signal)))
    return answers.filter((hits) => hits.length < 10).length
  }
  assert.equal(await short(), 0)
  const even = Array.from({ length: 1_500 }, (_, i) => 2 * i)
  await engine.delete(even, signal)
  assert.equal(await engine.plan!(), 'index')
  assert.ok((await short()) > 40, 'nearly every answer is short')
  await engine.compact!(signal)
  assert.equal(await short(), 0)
  await engine.close()
})

for (const compact of ['vacuum', 'reindex'] as const) {
  test(`compact by ${compact} runs under writes, keeps every row, and leaves a valid index`, {
    skip,
  }, async (t) => {
    const { options } = await launched(t)
    const at = collection('kept')
    const engine = await adapter.open(adapter.parse({ ...options, compact }), at, clock)
    await engine.bulkLoad!(batchesOf(randomRows(2_000)), signal)
    const compacted = engine.compact!(signal)
    for (const row of randomRows(200, 1)) await engine.upsert([row], signal)
    await compacted
    await engine.settle!(signal)
    assert.equal(await engine.count!(signal), 2_000)
    assert.equal(await engine.plan!(), 'index')
    const gauges = await engine.stats!()
    assert.ok(gauges.index_bytes! > 0 && gauges.table_bytes! > 0 && gauges.wal_bytes! > 0)
    assert.equal(gauges.vacuum_running, 0)
    await engine.close()
  })
}

for (const quantization of ['halfvec', 'bit'] as const) {
  for (const kind of ['hnsw', 'ivf-flat'] as const) {
    test(`an ${kind} index of ${quantization} answers, and is found by the planner`, {
      skip,
    }, async (t) => {
      const { options } = await launched(t)
      const at = collection('quantised', { metric: 'cosine', index: { kind } })
      const engine = await adapter.open(adapter.parse({ ...options, quantization }), at, clock)
      const rows = randomRows(3_000)
      await engine.bulkLoad!(batchesOf(rows), signal)
      await engine.settle!(signal)
      const [first] = await engine.search(rows[7]!.vector, 10, signal, 100)
      assert.deepEqual(first, { id: 7, version: 7 % 3 })
      assert.equal(await engine.plan!(), 'index')
      await engine.close()
    })
  }
}

test('blue-green under traffic: every search is answered, from one collection alone, while the alias moves', {
  skip,
}, async (t) => {
  const { options } = await launched(t)
  for (const [version, name] of ['blue', 'green'].entries()) {
    const engine = await adapter.open(options, collection(name), clock)
    await engine.bulkLoad!(batchesOf(randomRows(2_000, version)), signal)
    await engine.close()
  }
  await adapter.swap!(options, 'live', 'blue')
  const alias = await adapter.open(options, collection('live'), clock)
  let moving = true
  const seen = new Set<number>()
  const searches = Array.from({ length: 4 }, async () => {
    while (moving) {
      const hits = await alias.search(randomVector(), 10, signal)
      const versions = new Set(hits.map(({ version }) => version!))
      assert.equal(hits.length, 10)
      assert.equal(versions.size, 1, 'the rows of an answer are of one collection')
      for (const version of versions) seen.add(version)
    }
  })
  const swaps = async () => {
    for (let i = 0; i < 100; i++) await adapter.swap!(options, 'live', i % 2 ? 'blue' : 'green')
    moving = false
  }
  await Promise.all([...searches, swaps()])
  assert.deepEqual([...seen].sort(), [0, 1])
  assert.equal(await alias.plan!(), 'index')
  await alias.close()
})

test('COPY that is refused, or whose rows fail, keeps nothing and gives its place to the next', {
  skip,
}, async (t) => {
  const { options } = await launched(t)
  const engine = await adapter.open(options, collection('copied', { connections: 1 }), clock)
  const rows = randomRows(1_000)
  async function* twice() {
    yield rows
    yield rows
  }
  await assert.rejects(engine.bulkLoad!(twice(), signal), { code: '23505', outcome: 'fail' })
  async function* broken() {
    yield rows
    throw new Error('no more rows')
  }
  await assert.rejects(engine.bulkLoad!(broken(), signal), /no more rows/)
  assert.equal(await engine.count!(signal), 0)
  await engine.close()
})

test('an aborted request gives its place to the next; a lost connection is replaced', {
  skip,
}, async (t) => {
  const { options } = await launched(t)
  const session = 'SET client_connection_check_interval = 100'
  const connections = await connect(options.url!, { max: 1, session, shared: false })
  const abort = new AbortController()
  const asked = connections.ask(ENDLESS, abort.signal)
  const waits = connections.ask('SELECT pg_backend_pid()')
  setImmediate(() => abort.abort())
  await assert.rejects(asked, { outcome: 'unknown' })
  const [[pid] = []] = await waits

  const lost = assert.rejects(connections.ask(ENDLESS), { outcome: 'unknown', code: '57P01' })
  const end = `SELECT pg_terminate_backend(${pid}) FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'PgSleep'`
  await once(options.url!, async (ask) => {
    let ended = await ask(end)
    while (ended.length === 0) ended = await ask(end)
  })
  await lost
  assert.deepEqual(await connections.ask('SELECT 1'), [[1]])
  await connections.close()
})
