import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Collection, Engine } from '../../harness/model/index.ts'
import { openTap } from '../contract/tap.ts'
import { skipLive } from '../live.fixture.ts'
import { batchesOf, collection, drawnFor, nearest, recallOf, signal } from '../rows.fixture.ts'
import { adapter } from './adapter.ts'
import type { QdrantOptions } from './options.ts'
import { missing, openServer } from './server.fixture.ts'

const skip = skipLive('qdrant', missing)
const clock = { now: () => 0 }
const { randomRows, randomVector } = drawnFor('qdrant')
const rows = randomRows(2_000)
const at = (name: string): Collection =>
  collection(`driftmark_live_${name}`, { index: { kind: 'hnsw', m: 8, efConstruction: 32 } })
/** 10 KB are 160 vectors of 16 dimensions: two thousand rows are indexed and walked. */
const LOWERED = { indexingThreshold: 10, fullScanThreshold: 10, segments: 1 }

let server: Awaited<ReturnType<typeof openServer>>
const names = new Set<string>()
before(async () => {
  if (!skip) server = await openServer()
})
after(async () => {
  if (skip) return
  for (const name of names) await adapter.drop!(server.rest, name)
  await server.close()
})
const open = async (asked: Collection, more: Partial<QdrantOptions> = {}): Promise<Engine> => {
  names.add(asked.name)
  return adapter.open({ ...server.rest, ...more }, asked, clock)
}

test('green is not indexed: below the thresholds of the server every search is an exact scan', {
  skip,
}, async () => {
  const engine = await open(at('small'))
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  assert.equal(await engine.plan!(), 'exact')
  const { rows_live, rows_indexed } = await engine.stats!()
  assert.deepEqual([rows_live, rows_indexed], [2_000, 0])
})

test('with the index lowered and the full scan not, the index is built and not walked', {
  skip,
}, async () => {
  const engine = await open(at('half'), { ...LOWERED, fullScanThreshold: null })
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  assert.ok((await engine.stats!()).rows_indexed! >= 2_000 - 2 * 160)
  assert.equal(await engine.plan!(), 'exact')
})

test('with both lowered the graph is walked: effort decides recall, exact does not care', {
  skip,
}, async () => {
  const engine = await open(at('walked'), LOWERED)
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  assert.notEqual(await engine.plan!(), 'exact')
  const queries = Array.from({ length: 50 }, randomVector)
  const narrow = await recallOf(engine, rows, queries, 10)
  const wide = await recallOf(engine, rows, queries, 500)
  assert.ok(narrow < wide, `recall ${narrow} at 10, ${wide} at 500`)
  for (const query of queries)
    assert.deepEqual(await engine.exact!(query, 10, signal), nearest(rows, query, 10))
})

test('compact takes the dead out of the graph, and leaves the settings as they were', {
  skip,
}, async () => {
  const engine = await open(at('dead'), { ...LOWERED, deletedThreshold: 0.9 })
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  const ids = rows.slice(0, 300).map(({ id }) => id)
  await engine.delete(ids, signal)
  await engine.settle!(signal)
  assert.equal((await engine.stats!()).rows_dead, 300)
  await engine.compact!(signal)
  const { rows_dead, rows_live } = await engine.stats!()
  assert.deepEqual([rows_dead, rows_live], [0, 1_700])
  const facts = await adapter.describe(server.rest, at('dead'))
  assert.equal(facts['optimizers_config.deleted_threshold'], 0.9)
  assert.equal(facts['optimizers_config.vacuum_min_vector_number'], 1_000)
})

test('an alias moves between dimensions under traffic, and no search fails', { skip }, async () => {
  const query = randomVector()
  for (const [name, id] of [
    ['blue', 1],
    ['green', 2],
  ] as const) {
    const engine = await open(at(name))
    await engine.upsert([{ id, version: 0, vector: query }], signal)
  }
  const alias = at('alias').name
  names.add(alias)
  await adapter.swap!(server.rest, alias, at('blue').name)
  const engine = await adapter.open(server.rest, at('alias'), clock)
  let swapped = false
  const seen = new Set<number>()
  const traffic = Array.from({ length: 4 }, async () => {
    while (!swapped) {
      const hits = await engine.search(query, 10, signal)
      assert.equal(hits.length, 1)
      seen.add(hits[0]!.id)
    }
  })
  for (const to of ['green', 'blue', 'green']) await adapter.swap!(server.rest, alias, at(to).name)
  swapped = true
  await Promise.all(traffic)
  assert.ok([...seen].every((id) => id === 1 || id === 2))
  assert.equal((await engine.search(query, 10, signal))[0]!.id, 2)
})

test('deferred rows: a write is answered when they are indexed, and settle leaves none', {
  skip,
}, async () => {
  const engine = await open(at('deferred'), { ...LOWERED, preventUnoptimized: true })
  await engine.bulkLoad!(batchesOf(rows), signal)
  await engine.settle!(signal)
  assert.equal((await engine.stats!()).rows_deferred, 0)
  assert.equal(await engine.count!(signal), 2_000)
})

test('the server reads every option as it was meant', { skip }, async () => {
  const given = {
    ...LOWERED,
    maxSegmentSize: 5_000,
    deletedThreshold: 0.5,
    vacuumMinVectorNumber: 200,
    maxOptimizationThreads: 1,
    maxIndexingThreads: 1,
    flushInterval: 9,
    shards: 2,
    replicas: 1,
    writeConsistency: 1,
    onDisk: true,
    ordering: 'strong',
    rescore: true,
    oversampling: 2,
  } as const
  for (const [name, quantization, setting, value] of [
    ['scalar', { kind: 'scalar', quantile: 0.75 }, 'scalar.quantile', 0.75],
    ['binary', { kind: 'binary' }, 'binary', undefined],
    ['product', { kind: 'product', compression: 'x8' }, 'product.compression', 'x8'],
  ] as const) {
    const options = { ...server.rest, ...given, quantization }
    const engine = await open(at(name), options)
    await engine.upsert(rows.slice(0, 20), signal)
    assert.equal((await engine.search(rows[3]!.vector, 10, signal, 50)).length, 10)
    const facts = await adapter.describe(options, at(name))
    assert.equal(facts['optimizers_config.max_segment_size'], 5_000)
    assert.equal(facts['optimizers_config.flush_interval_sec'], 9)
    assert.equal(facts['hnsw_config.on_disk'], true)
    assert.equal(facts.shard_number, 2)
    assert.equal(facts[`quantization_config.${setting}`], value)
  }
})

test('over gRPC a request whose connection is cut is rejected once, and one given up is unknown', {
  skip,
}, async (t) => {
  const grpcUrl = server.grpc.grpcUrl!
  const { hostname: host, port } = new URL(grpcUrl)
  const tap = await openTap({ host, port: Number(port) })
  t.after(() => tap.close())
  const options = {
    ...server.rest,
    transport: 'grpc',
    grpcUrl: `http://127.0.0.1:${tap.port}`,
  } as const
  const engine = await open(at('cut'), options)
  await engine.upsert(rows.slice(0, 5), signal)
  tap.cut()
  await assert.rejects(engine.upsert(rows.slice(0, 5), signal), { outcome: 'unknown' })
  assert.equal(tap.cuts(), 1)
  assert.equal((await engine.search(rows[0]!.vector, 3, signal)).length, 3)
  tap.hold()
  const controller = new AbortController()
  const given = assert.rejects(engine.upsert(rows.slice(0, 5), controller.signal), {
    outcome: 'unknown',
  })
  controller.abort()
  await given
  tap.release()
})

test('a queue of writes that nobody waited for is empty when settled', { skip }, async () => {
  const engine = await open(at('queued'), { wait: false })
  await Promise.all(rows.slice(0, 100).map((row) => engine.upsert([row], signal)))
  await engine.settle!(signal)
  assert.equal(await engine.count!(signal), 100)
  assert.equal((await engine.stats!()).update_queue, 0)
})
