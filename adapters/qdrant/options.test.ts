import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection, IndexOptions } from '../../harness/model/index.ts'
import { checkCollection, parseIndex, parseOptions } from './options.ts'
import { createBody, vectorsIn } from './settings.ts'

const collection: Collection = {
  name: 'rows',
  dimensions: 128,
  metric: 'l2',
  index: { kind: 'hnsw' },
  consistency: 'default',
  durability: 'default',
  connections: 16,
}
const url = 'http://127.0.0.1:6333'

test('nothing, a URL and an object are options; what was parsed parses to the same', () => {
  for (const given of [undefined, url, { url, transport: 'grpc' }, { indexingThreshold: 0 }]) {
    const options = parseOptions(given)
    assert.deepEqual(parseOptions(options), options)
  }
  assert.equal(parseOptions(undefined).url, null)
  assert.equal(parseOptions(url).wait, true)
})

test('the gRPC address is the host of the URL at 6334, unless it is given', () => {
  const asked = { url: 'http://db:81', transport: 'grpc' }
  assert.equal(parseOptions(asked).grpcUrl, 'http://db:6334')
  assert.equal(parseOptions({ ...asked, grpcUrl: 'http://db:82' }).grpcUrl, 'http://db:82')
  assert.equal(parseOptions({ transport: 'grpc' }).grpcUrl, null)
})

test('an option that is wrong is refused by its name', () => {
  for (const [given, option] of [
    ['127.0.0.1:6333', 'url'],
    ['http://user:secret@db:6333', 'url'],
    ['http://db:6333/prefix', 'url'],
    [{ url: 'ftp://db' }, 'url'],
    [{ transport: 'soap' }, 'transport'],
    [{ grpcUrl: 'http://db:6334' }, 'grpcUrl'],
    [{ wait: 'yes' }, 'wait'],
    [{ fullScanThreshold: 9 }, 'fullScanThreshold'],
    [{ indexingThreshold: -1 }, 'indexingThreshold'],
    [{ vacuumMinVectorNumber: 99 }, 'vacuumMinVectorNumber'],
    [{ deletedThreshold: 1.1 }, 'deletedThreshold'],
    [{ quantization: { kind: 'scalar', bits: 4 } }, 'quantization.bits'],
    [{ quantization: { kind: 'half' } }, 'quantization.kind'],
    [{ rescore: true }, 'rescore'],
    [{ oversampling: 2 }, 'oversampling'],
    [{ segmentz: 2 }, 'segmentz'],
    [7, 'options'],
  ] as const) {
    assert.throws(() => parseOptions(given), { option }, JSON.stringify(given))
  }
})

test('a secret is no option, and the sentence that says so does not repeat it', () => {
  for (const key of ['apiKey', 'api_key', 'APIKEY']) {
    assert.throws(
      () => parseOptions({ url, [key]: 'hush' }),
      (error: Error) =>
        /DRIFTMARK_QDRANT_API_KEY/.test(error.message) && !/hush/.test(error.message),
    )
  }
})

test('hnsw and exact are the kinds of index; others and their parameters are refused by name', () => {
  assert.deepEqual(parseIndex({ kind: 'hnsw', m: 8, efConstruction: 32, ef: 64 }), {
    kind: 'hnsw',
    m: 8,
    efConstruction: 32,
    ef: 64,
  })
  for (const [index, option] of [
    [{ kind: 'ivf-flat', lists: 10 }, 'index.kind'],
    [{ kind: 'ivf-pq' }, 'index.kind'],
    [{ kind: 'hnsw', lists: 10 }, 'index.lists'],
    [{ kind: 'hnsw', m: 1 }, 'index.m'],
    [{ kind: 'exact', ef: 10 }, 'index.ef'],
  ] as const) {
    assert.throws(() => parseIndex(index as IndexOptions), { option }, JSON.stringify(index))
  }
})

test('names, levels and what cannot go together are refused by name', () => {
  const options = parseOptions(url)
  const refused = (at: Partial<Collection>, option: string, given = options) =>
    assert.throws(() => checkCollection({ ...collection, ...at }, given), { option })
  refused({ name: 'two words' }, 'name')
  refused({ consistency: 'strong' }, 'consistency')
  refused({ durability: 'tape' }, 'durability')
  refused({ durability: 'disk' }, 'wait', { ...options, wait: false })
  refused({ durability: 'disk' }, 'durability', { ...options, inMemory: true })
  for (const durability of ['default', 'disk', 'memory'])
    checkCollection({ ...collection, durability }, options)
})

test('a collection is created with what was asked, and nothing else', () => {
  assert.deepEqual(createBody(parseOptions(url), collection, { kind: 'hnsw' }), {
    vectors: { size: 128, distance: 'Euclid' },
    hnsw_config: {},
    optimizers_config: {},
  })
  const options = parseOptions({
    url,
    indexingThreshold: 100,
    fullScanThreshold: 10,
    segments: 2,
    shards: 3,
    onDisk: true,
    maxOptimizationThreads: 'auto',
    quantization: { kind: 'product' },
  })
  const index = { kind: 'hnsw', m: 8, efConstruction: 32, ef: 64 } as const
  assert.deepEqual(createBody(options, { ...collection, metric: 'cosine' }, index), {
    vectors: { size: 128, distance: 'Cosine', on_disk: true },
    hnsw_config: { m: 8, ef_construct: 32, full_scan_threshold: 10, on_disk: true },
    optimizers_config: {
      indexing_threshold: 100,
      default_segment_number: 2,
      max_optimization_threads: 'auto',
    },
    quantization_config: { product: { compression: 'x16' } },
    shard_number: 3,
    on_disk_payload: true,
  })
})

test('quantisations are named as the server names them; an exact collection has no graph', () => {
  const asked = (quantization: object) =>
    createBody(parseOptions({ url, quantization }), collection, { kind: 'exact' })
  assert.deepEqual(asked({ kind: 'scalar', quantile: 0.99 }).quantization_config, {
    scalar: { type: 'int8', quantile: 0.99 },
  })
  assert.deepEqual(asked({ kind: 'binary' }).quantization_config, { binary: {} })
  assert.deepEqual(asked({ kind: 'binary' }).hnsw_config, { m: 0 })
})

test('the default threshold of 10,000 KB is 20,000 vectors of 128 dimensions', () => {
  assert.equal(vectorsIn(10_000, 128), 20_000)
  assert.equal(Math.floor(vectorsIn(10_000, 768)), 3_333)
})
