import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Collection, Stored } from '../../harness/model/index.ts'
import { openTap } from '../contract/tap.ts'
import { adapter } from './adapter.ts'
import { bad, openStub } from './stub.fixture.ts'

const clock = { now: () => 0 }
const signal = new AbortController().signal
const collection = (more: Partial<Collection> = {}): Collection => ({
  name: 'rows',
  dimensions: 2,
  metric: 'l2',
  index: { kind: 'hnsw', m: 8, ef: 40 },
  consistency: 'default',
  durability: 'default',
  connections: 8,
  ...more,
})
const rows: readonly Stored[] = [
  { id: 1, version: 3, vector: Float32Array.of(1, 0) },
  { id: 2, version: 4, vector: Float32Array.of(0, 1) },
]
const query = Float32Array.of(1, 0)

const opened = async (t: TestContext, more: object = {}, at: Partial<Collection> = {}) => {
  const stub = await openStub()
  t.after(() => stub.close())
  const options = adapter.parse({ url: stub.url, ...more })
  const engine = await adapter.open(options, collection(at), clock)
  return { stub, engine, options, last: () => stub.asked.at(-1)! }
}

test('opening asks for the collection and creates it: no look at versions beside', async (t) => {
  const { stub } = await opened(t)
  assert.deepEqual(
    stub.asked.map(({ method, path }) => `${method} ${path}`),
    ['GET /collections/rows', 'PUT /collections/rows'],
  )
})

test('a write waits unless the target says otherwise; either is sent', async (t) => {
  const { engine, last } = await opened(t)
  await engine.upsert(rows, signal)
  assert.equal(last().path, '/collections/rows/points?wait=true')
  await engine.delete([1], signal)
  assert.equal(last().path, '/collections/rows/points/delete?wait=true')
  const queued = await opened(t, { wait: false, ordering: 'strong' })
  await queued.engine.delete([1], signal)
  assert.equal(queued.last().path, '/collections/rows/points/delete?wait=false&ordering=strong')
})

test('what is logged and not applied is unknown, though the status is 200', async (t) => {
  const { engine, stub } = await opened(t)
  for (const status of ['acknowledged', 'wait_timeout'] as const) {
    stub.writes = status
    await assert.rejects(engine.upsert(rows, signal), { outcome: 'unknown' })
    await assert.rejects(engine.delete([1], signal), { outcome: 'unknown' })
  }
})

test('a search asks for versions alone, with the effort, never for vectors', async (t) => {
  const { engine, last } = await opened(t, {}, { consistency: 'majority' })
  await engine.upsert(rows, signal)
  assert.deepEqual(await engine.search(query, 1, signal), [{ id: 1, version: 3 }])
  const asked = { query: [1, 0], limit: 1, with_payload: ['version'], with_vector: false }
  assert.equal(last().path, '/collections/rows/points/query?consistency=majority')
  const params = { exact: false, indexed_only: false, hnsw_ef: 40 }
  assert.deepEqual(last().body, { ...asked, params })
  await engine.search(query, 1, signal, 99)
  assert.deepEqual(last().body, { ...asked, params: { ...params, hnsw_ef: 99 } })
  await engine.exact!(query, 1, signal)
  assert.deepEqual(last().body, { ...asked, params: { exact: true, indexed_only: false } })
  await engine.get!([1], signal)
  assert.deepEqual(last().body, { ids: [1], with_payload: ['version'], with_vector: false })
})

test('an exact collection has no graph, and every search of it is exact', async (t) => {
  const { engine, stub, last } = await opened(t, {}, { index: { kind: 'exact' } })
  assert.deepEqual((stub.asked[1]!.body as { hnsw_config: object }).hnsw_config, { m: 0 })
  await engine.search(query, 1, signal, 99)
  assert.deepEqual((last().body as { params: object }).params, { exact: true, indexed_only: false })
  assert.equal(await engine.plan!(), 'exact')
})

test('an engine opens as many sockets as it may, and no more', async (t) => {
  const { engine, stub } = await opened(t)
  await Promise.all(Array.from({ length: 100 }, () => engine.search(query, 1, signal)))
  assert.equal(stub.sockets(), 8)
})

test('bodies are not compressed unless asked for; the rows of a bulk load go in columns', async (t) => {
  const { engine, last } = await opened(t)
  const batches = async function* () {
    yield rows
  }
  await engine.bulkLoad!(batches(), signal)
  assert.equal(last().headers['accept-encoding'], 'identity')
  assert.deepEqual(last().body, {
    batch: {
      ids: [1, 2],
      vectors: [
        [1, 0],
        [0, 1],
      ],
      payloads: [{ version: 3 }, { version: 4 }],
    },
  })
})

test('an error is answered once: nothing is tried again, nothing becomes an empty result', async (t) => {
  const { engine, stub } = await opened(t)
  for (const [status, outcome] of [
    [500, 'unknown'],
    [503, 'unknown'],
    [429, 'fail'],
    [400, 'fail'],
  ] as const) {
    stub.instead = () => bad(status, 'no')
    const before = stub.asked.length
    await assert.rejects(engine.upsert(rows, signal), {
      outcome,
      message: new RegExp(`${status} no`),
    })
    await assert.rejects(engine.search(query, 1, signal), { outcome })
    assert.equal(stub.asked.length, before + 2)
  }
  stub.instead = () => ({ status: 200, answer: '<html>a proxy</html>' })
  await assert.rejects(engine.search(query, 1, signal), /a proxy.*as Qdrant does not/)
  stub.instead = () => ({ status: 200, answer: { result: null, status: 'ok' } })
  await assert.rejects(engine.search(query, 1, signal))
})

test('a request whose time is over is given up at once, and is unknown', async (t) => {
  const stub = await openStub()
  t.after(() => stub.close())
  const tap = await openTap({ host: '127.0.0.1', port: Number(new URL(stub.url).port) })
  t.after(() => tap.close())
  const options = adapter.parse(`http://127.0.0.1:${tap.port}`)
  const engine = await adapter.open(options, collection(), clock)
  tap.hold()
  const controller = new AbortController()
  const answers = [
    engine.upsert(rows, controller.signal),
    engine.search(query, 1, controller.signal),
  ]
  const rejected = answers.map((answer) =>
    assert.rejects(answer, { outcome: 'unknown', message: /aborted before it was answered/ }),
  )
  controller.abort()
  await Promise.all(rejected)
})

test('a collection of another dimension or distance is refused by name', async (t) => {
  const { options } = await opened(t)
  const refused = (at: Partial<Collection>, option: string) =>
    assert.rejects(adapter.open(options, collection(at), clock), { option })
  await refused({ dimensions: 3 }, 'dimensions')
  await refused({ metric: 'cosine' }, 'metric')
  await assert.rejects(adapter.open(adapter.parse(undefined), collection(), clock), {
    option: 'url',
  })
})

test('the key is that of the environment, goes out with every request, and nowhere else', async (t) => {
  const stub = await openStub('hush')
  t.after(() => stub.close())
  const options = adapter.parse(stub.url)
  await assert.rejects(adapter.describe(options), /401 Must provide an API key.*QDRANT_API_KEY/)
  process.env.DRIFTMARK_QDRANT_API_KEY = 'hush'
  t.after(() => delete process.env.DRIFTMARK_QDRANT_API_KEY)
  const warned = t.mock.method(console, 'warn', () => {})
  const engine = await adapter.open(options, collection(), clock)
  await engine.upsert(rows, signal)
  const facts = await adapter.describe(options, collection())
  assert.doesNotMatch(JSON.stringify([facts, options]), /hush/)
  assert.equal(warned.mock.callCount(), 0)
})

test('describe names what differs from the defaults, who wanted it, and from where on there is an index', async (t) => {
  const { options } = await opened(t, { indexingThreshold: 100, fullScanThreshold: 10 })
  const facts = await adapter.describe(options, collection({ durability: 'memory' }))
  assert.equal(facts.version, '1.19.0')
  assert.equal(facts['hnsw_config.m'], 8)
  assert.match(String(facts['differs.hnsw_config.m']), /^8, not 16 \(the scenario's index\)/)
  assert.match(
    String(facts['differs.optimizers_config.indexing_threshold']),
    /^100, not 10000 \(option indexingThreshold/,
  )
  assert.equal(facts['segment.indexedFrom'], '12800 rows')
  assert.match(String(facts['segment.walkedFrom']), /^1280 rows; .*exact scan/)
  assert.match(String(facts.acknowledgement), /^searchable: applied/)
  assert.match(String(facts.durability), /^disk: .*more than memory asks for/)
  const inMemory = await adapter.describe({ ...options, inMemory: true }, collection())
  assert.match(String(inMemory.durability), /^memory: .*tmpfs/)
  assert.equal(facts.consistency, 'latest: one replica')
  assert.match(String(facts['index as understood']), /^hnsw m=8 ef_construct=\d+ /)
  const differing = Object.keys(facts).filter((key) => /^differs\.(?!client\.)/.test(key))
  assert.deepEqual(differing.sort(), [
    'differs.hnsw_config.full_scan_threshold',
    'differs.hnsw_config.m',
    'differs.optimizers_config.indexing_threshold',
  ])
})
