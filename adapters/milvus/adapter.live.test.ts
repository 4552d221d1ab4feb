import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Collection, Engine, Launched } from '../../harness/model/index.ts'
import { aliasMoves } from '../alias.fixture.ts'
import { skipLive } from '../live.fixture.ts'
import { batchesOf, collection, drawnFor, nearest, recallOf, signal } from '../rows.fixture.ts'
import { adapter } from './adapter.ts'
import { connect } from './connection.ts'
import { missing } from './launch.ts'
import type { MilvusOptions } from './options.ts'

const skip = skipLive('milvus', missing())
const clock = { now: () => 0 }
const { randomRows, randomVector } = drawnFor('milvus')
const rows = randomRows(1_500)

const dir = mkdtempSync(join(tmpdir(), 'driftmark-milvus-'))
let server: Launched<MilvusOptions>
const opened: Engine[] = []
const open = async (at: Collection): Promise<Engine> => {
  const engine = await adapter.open(server.options, at, clock)
  opened.push(engine)
  return engine
}
before(async () => {
  if (skip === false) server = await adapter.launch!(dir, undefined)
})
after(async () => {
  await Promise.all(opened.map((engine) => engine.close()))
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('what is new is scanned; settled, it is behind the index; then both', { skip }, async () => {
  const engine = await open(collection('steps'))
  assert.equal(await engine.plan!(), 'exact', 'nothing there')
  await engine.bulkLoad!(batchesOf(rows), signal)
  assert.equal(await engine.plan!(), 'exact', 'all of it in memory')
  const query = randomVector()
  assert.deepEqual(await engine.search(query, 10, signal), nearest(rows, query, 10))
  await engine.settle!(signal)
  const { segments, segments_indexed, index_bytes, log_bytes } = await engine.stats!()
  assert.deepEqual([segments, segments_indexed, log_bytes], [1, 1, 0])
  assert.ok(index_bytes! > 0)
  assert.equal(await engine.plan!(), 'index')
  assert.deepEqual(await engine.search(query, 10, signal, 1_000), nearest(rows, query, 10))
  await engine.upsert([rows[0]!], signal)
  assert.equal(await engine.plan!(), 'partial')
  await engine.compact!(signal)
  assert.equal((await engine.stats!()).segments, 2)
  assert.equal(await engine.count!(signal), rows.length)
})

test('the effort is that of the search, else of the target, else of the scenario', {
  skip,
}, async () => {
  const engine = await open(collection('steps'))
  const queries = Array.from({ length: 30 }, randomVector)
  const low = await recallOf(engine, rows, queries)
  assert.ok((await recallOf(engine, rows, queries, 400)) > low)
  assert.equal(await recallOf(engine, rows, queries), low)
  const wide = await adapter.open({ ...server.options, ef: 400 }, collection('steps'), clock)
  opened.push(wide)
  assert.ok((await recallOf(wide, rows, queries)) > low)
})

for (const index of [
  { kind: 'hnsw', quantization: 'sq8' },
  { kind: 'ivf-flat', lists: 16 },
  { kind: 'ivf-flat', lists: 16, quantization: 'sq8' },
] as const) {
  const name = `${index.kind}_${'quantization' in index ? index.quantization : 'none'}`
  test(`an index of kind ${name} answers`, { skip }, async () => {
    const engine = await open(collection(name.replace('-', '_'), { index }))
    await engine.bulkLoad!(batchesOf(rows), signal)
    await engine.settle!(signal)
    assert.equal(await engine.plan!(), 'index')
    assert.equal(engine.exact, undefined, 'a search cannot leave the index aside')
    const query = randomVector()
    const truth = new Set(nearest(rows, query, 10).map(({ id }) => id))
    const hits = await engine.search(query, 10, signal, index.kind === 'hnsw' ? 200 : 16)
    assert.ok(hits.filter(({ id }) => truth.has(id)).length >= 8)
  })
}

test('without an index a search is exact', { skip }, async () => {
  const engine = await open(collection('flat', { index: { kind: 'exact' } }))
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  assert.equal(await engine.plan!(), 'exact')
  const query = randomVector()
  assert.deepEqual(await engine.exact!(query, 10, signal), nearest(rows, query, 10))
})

test(
  'an alias moves, also to other dimensions; its collection takes it along when dropped',
  {
    skip,
  },
  () => aliasMoves(adapter, server.options, open, { code: 100 }),
)

test('a collection that is there otherwise, and what milvus-lite lacks, are refused by name', {
  skip,
}, async () => {
  await open(collection('here'))
  const refused = (at: Collection, option: string) =>
    assert.rejects(adapter.open(server.options, at, clock), { option })
  await refused(collection('here', { dimensions: 3 }), 'dimensions')
  await refused(collection('elsewhere', { index: { kind: 'ivf-pq' } }), 'index.kind')
  await refused(collection('elsewhere', { durability: 'disk' }), 'durability')
  await refused(collection('elsewhere', { consistency: 'session' }), 'consistency')
  const nobody = { ...server.options, database: 'nobody' }
  await assert.rejects(adapter.open(nobody, collection('here'), clock), /'nobody' does not exist/)
  await assert.rejects(adapter.open(adapter.parse(undefined), collection('here'), clock), {
    option: 'url',
  })
})

test("the server's own exceptions are failures, not empty answers", { skip }, async () => {
  const engine = await open(collection('gone'))
  await engine.upsert([rows[0]!], signal)
  await adapter.drop!(server.options, 'gone')
  await assert.rejects(engine.search(rows[0]!.vector, 10, signal), /^Error: milvus: search: /)
  await assert.rejects(engine.upsert([rows[0]!], signal), { outcome: 'fail', code: 100 })
  await assert.rejects(engine.delete([0], signal), { outcome: 'fail', code: 100 })
  await assert.rejects(engine.count!(signal))
  await assert.rejects(engine.get!([0], signal))
})

test('a closed connection gives up what is under way as unknown, what waits as fail', {
  skip,
}, async () => {
  const connection = await connect(server.options, 1)
  const never = connection.ask('under way', () => new Promise<never>(() => {}))
  const waits = connection.ask('waiting', (client) => client.getVersion())
  const sent = new Promise((resolve) => setImmediate(resolve))
  const both = Promise.all([
    assert.rejects(never, { outcome: 'unknown' }),
    assert.rejects(waits, { outcome: 'fail' }),
  ])
  await sent
  await connection.close()
  await both
})

test('the facts tell what the index is as the server has it, and that the figures do not compare', {
  skip,
}, async () => {
  const facts = await adapter.describe(server.options, collection('steps'))
  assert.equal(facts.system, 'milvus-lite')
  assert.equal(facts.version, '3.2.2')
  assert.equal(facts.comparable, 'function only, not comparable')
  assert.equal(facts.index, 'HNSW')
  assert.match(String(facts['index as understood']), /index_type=HNSW metric_type=L2.*"M": 8/)
  assert.match(String(facts.consistency), /^latest: milvus-lite reads it whatever is asked/)
  assert.equal(facts.effort, 10)
})
