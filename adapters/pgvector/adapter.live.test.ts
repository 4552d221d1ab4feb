import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Collection, Engine, Launched } from '../../harness/model/index.ts'
import { aliasMoves } from '../alias.fixture.ts'
import {
  batchesOf,
  collection,
  DIMENSIONS,
  drawnFor,
  nearest,
  recallOf,
  signal,
} from '../rows.fixture.ts'
import { adapter } from './adapter.ts'
import { once } from './connections.ts'
import type { PgvectorOptions } from './options.ts'

const clock = { now: () => 0 }
const { randomRows, randomVector } = drawnFor('pgvector')
const rows = randomRows(2_500)

let server: Launched<PgvectorOptions>
const opened: Engine[] = []
const open = async (at: Collection): Promise<Engine> => {
  const engine = await adapter.open(server.options, at, clock)
  opened.push(engine)
  return engine
}
before(async () => {
  server = await adapter.launch!('.', undefined)
})
after(async () => {
  await Promise.all(opened.map((engine) => engine.close()))
  await server.stop()
})

for (const metric of ['l2', 'cosine', 'ip'] as const) {
  test(`${metric}: what is loaded is found through the index; exact equals brute force`, async () => {
    const engine = await open(collection(`metric_${metric}`, { metric }))
    await engine.bulkLoad!(batchesOf(rows), signal)
    await engine.settle!(signal)
    assert.equal(await engine.count!(signal), rows.length)
    assert.equal(await engine.plan!(), 'index')
    for (let i = 0; i < 20; i++) {
      const query = randomVector()
      const truth = nearest(rows, query, 10, metric)
      assert.deepEqual(await engine.exact!(query, 10, signal), truth)
      assert.deepEqual(await engine.search(query, 10, signal, 1_000), truth)
    }
  })
}

test('a search effort raises recall, and does not leak to the next search', async () => {
  const engine = await open(collection('metric_l2'))
  const queries = Array.from({ length: 50 }, randomVector)
  const before = await recallOf(engine, rows, queries)
  const raised = await recallOf(engine, rows, queries, 400)
  assert.ok(raised > before, `recall ${before} at the scenario's ef 10, ${raised} at 400`)
  assert.equal(await recallOf(engine, rows, queries), before)
})

test('two engines at once, one writing, one searching, do not mix their answers', async () => {
  const [writer, reader] = await Promise.all([open(collection('two')), open(collection('two'))])
  await writer.upsert(rows.slice(0, 100), signal)
  const writes = rows.slice(100, 200).map((row) => writer.upsert([row], signal))
  const searches = rows.slice(0, 100).map(async ({ id, vector }) => {
    const [first] = await reader.search(vector, 1, signal, 200)
    assert.equal(first?.id, id)
  })
  await Promise.all([...writes, ...searches])
  assert.equal(await reader.count!(signal), 200)
})

test('statistics count dead rows until compact; settle and compact keep what is stored', async () => {
  const engine = await open(collection('dead'))
  await engine.upsert(rows.slice(0, 300), signal)
  await engine.delete(
    rows.slice(0, 100).map(({ id }) => id),
    signal,
  )
  await once(server.options.url!, (ask) => ask('SELECT pg_stat_force_next_flush()'))
  const before = await engine.stats!()
  assert.equal(before.rows_live, 200)
  assert.equal(before.rows_dead, 100)
  await engine.compact!(signal)
  const after = await engine.stats!()
  assert.equal(after.rows_dead, 0)
  assert.equal(after.vacuums, before.vacuums! + 1)
  assert.equal(await engine.count!(signal), 200)
})

test('an alias moves, also to other dimensions; its collection takes it along when dropped', () =>
  aliasMoves(adapter, server.options, open, /"wide" does not exist/))

test('a collection of other dimensions, a foreign table, a durability of disk are refused', async () => {
  await open(collection('here'))
  const refused = (at: Collection, option: string) =>
    assert.rejects(adapter.open(server.options, at, clock), { option })
  await refused(collection('here', { dimensions: 3 }), 'dimensions')
  await once(server.options.url!, (ask) => ask('CREATE TABLE foreign_table (x integer)'))
  await refused(collection('foreign_table'), 'name')
  await refused(collection('elsewhere', { durability: 'disk' }), 'durability')
  await refused(collection('elsewhere', { index: { kind: 'ivf-pq' } }), 'index.kind')
  await assert.rejects(adapter.open(adapter.parse(undefined), collection('here'), clock), {
    option: 'url',
  })
})

test('ivf-flat and exact collections answer too', async () => {
  const ivf = await open(collection('ivf', { index: { kind: 'ivf-flat', lists: 20, probes: 1 } }))
  await ivf.bulkLoad!(batchesOf(rows), signal)
  await ivf.settle!(signal)
  assert.equal(await ivf.plan!(), 'index')
  const query = randomVector()
  assert.deepEqual(await ivf.search(query, 10, signal, 20), nearest(rows, query, 10))
  const scan = await open(collection('scan', { index: { kind: 'exact' } }))
  await scan.bulkLoad!(batchesOf(rows), signal)
  assert.equal(await scan.plan!(), 'exact')
  assert.deepEqual(await scan.search(query, 10, signal, 20), nearest(rows, query, 10))
})

test('under cosine a zero vector is refused as fail, stored or asked for', async () => {
  const engine = await open(collection('zero', { metric: 'cosine' }))
  const vector = new Float32Array(DIMENSIONS)
  for (const request of [
    engine.upsert([rows[0]!, { id: 9, version: 0, vector }], signal),
    engine.search(vector, 10, signal),
    engine.exact!(vector, 10, signal),
  ]) {
    await assert.rejects(request, { outcome: 'fail', message: /zero vector/ })
  }
  assert.equal(await engine.count!(signal), 0)
})

test('a k above the effort comes up short, unless the scan iterates', async () => {
  const at = collection('metric_l2')
  const query = randomVector()
  const plain = await open(at)
  assert.equal((await plain.search(query, 20, signal)).length, 10)
  assert.equal(await plain.plan!(), 'index')
  const options = { ...server.options, iterativeScan: 'strict_order' } as const
  const iterating = await adapter.open(options, at, clock)
  opened.push(iterating)
  assert.equal((await iterating.search(query, 20, signal)).length, 20)
})
