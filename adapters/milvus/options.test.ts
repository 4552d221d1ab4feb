import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection } from '../../harness/model/index.ts'
import { clientConfig } from './client.ts'
import { checkCollection, effortOf, levelOf, parseIndex, parseOptions } from './options.ts'

const NONE = { url: null, database: 'default', ef: null, pool: null, data: null }

test('nothing, an address and an object are read; reading the result again gives the same', () => {
  assert.deepEqual(parseOptions(undefined), NONE)
  for (const url of ['127.0.0.1:19530', 'http://milvus:19530', 'https://in01.example.com'])
    assert.deepEqual(parseOptions(url), { ...NONE, url })
  const wide = parseOptions({ ef: 128, pool: 4, database: 'bench' })
  assert.deepEqual(wide, { ...NONE, ef: 128, pool: 4, database: 'bench' })
  assert.deepEqual(parseOptions(wide), wide)
})

test('what is refused names its option, as text and as a property, and no password', () => {
  for (const [given, option] of [
    ['milvus', 'url'],
    ['postgres://h:1', 'url'],
    ['http://u:secret@h:19530', 'url'],
    ['http://h:19530/?token=secret', 'url'],
    [{ database: 'a-b' }, 'database'],
    [{ ef: 0 }, 'ef'],
    [{ ef: '64' }, 'ef'],
    [{ pool: 0 }, 'pool'],
    [{ token: 'secret' }, 'token'],
    [{ password: 'secret' }, 'password'],
    [7, 'options'],
  ] as const) {
    const refuses = (error: Error & { option?: string }) => {
      assert.equal(error.option, option)
      assert.match(error.message, new RegExp(`^milvus: ${option}: `))
      assert.doesNotMatch(error.message, /secret/)
      return true
    }
    assert.throws(() => parseOptions(given), refuses, JSON.stringify(given))
  }
})

test('the client retries nothing, tells nobody, and has a connection for each request under way', () => {
  const config = clientConfig(parseOptions('h:1'), 7, undefined)
  assert.deepEqual(config, {
    address: 'h:1',
    database: 'default',
    timeout: 86_400_000,
    maxRetries: 0,
    telemetry: { enabled: false },
    logLevel: 'error',
    pool: { min: 7, max: 7 },
    channelOptions: { 'grpc.enable_retries': 0, 'grpc.use_local_subchannel_pool': 1 },
  })
  const secret = clientConfig(parseOptions('h:1'), 1, 'user:secret')
  assert.deepEqual(
    Object.entries(secret).filter(([, value]) => value === 'user:secret'),
    [['token', 'user:secret']],
  )
  assert.throws(() => clientConfig(parseOptions(undefined), 1, undefined), { option: 'url' })
})

test("a scenario's index is mapped, or refused by name", () => {
  const hnsw = { kind: 'hnsw', m: 16, efConstruction: 128, ef: 64 } as const
  assert.deepEqual(parseIndex(hnsw), { ...hnsw, quantization: 'none' })
  assert.deepEqual(parseIndex({ kind: 'ivf-flat', lists: 8, probes: 2, quantization: 'sq8' }), {
    kind: 'ivf-flat',
    lists: 8,
    probes: 2,
    quantization: 'sq8',
  })
  assert.deepEqual(parseIndex({ kind: 'ivf-pq' }), { kind: 'ivf-pq', lists: 128, m: 8, nbits: 8 })
  assert.throws(() => parseIndex({ kind: 'disk-ann' } as never), /index\.kind: must be hnsw, ivf/)
  assert.throws(() => parseIndex({ kind: 'hnsw', lists: 8 }), /index\.lists: there is no such/)
  assert.throws(() => parseIndex({ kind: 'hnsw', quantization: 'pq' }), /index\.quantization: /)
  assert.throws(() => parseIndex({ kind: 'hnsw', m: 1 }), /index\.m: /)
})

test("the target's ef goes before the scenario's; an exact index has none", () => {
  const hnsw = parseIndex({ kind: 'hnsw', ef: 64 })
  assert.equal(effortOf(parseOptions({}), hnsw), 64)
  assert.equal(effortOf(parseOptions({ ef: 128 }), hnsw), 128)
  assert.equal(effortOf(parseOptions({}), parseIndex({ kind: 'hnsw' })), undefined)
  assert.equal(effortOf(parseOptions({}), parseIndex({ kind: 'ivf-flat', probes: 3 })), 3)
  assert.equal(effortOf(parseOptions({ ef: 9 }), parseIndex({ kind: 'exact' })), undefined)
})

test('a consistency level is the string that the client honours; session is refused', () => {
  for (const [consistency, level] of [
    ['default', 'Bounded'],
    ['strong', 'Strong'],
    ['Strong', 'Strong'],
    ['bounded', 'Bounded'],
    ['eventually', 'Eventually'],
  ] as const) {
    assert.equal(levelOf({ consistency }), level)
  }
  for (const consistency of ['session', 'linearizable', 'toString'])
    assert.throws(() => levelOf({ consistency }), { option: 'consistency' })
})

test('a collection that this server cannot be is refused by name', () => {
  const good: Collection = {
    name: 'a1_b',
    dimensions: 12,
    metric: 'l2',
    index: { kind: 'ivf-pq', m: 4 },
    consistency: 'default',
    durability: 'default',
    connections: 1,
  }
  const check = (lite: boolean, change: Partial<Collection>) => () => {
    const at = { ...good, ...change }
    checkCollection(at, parseIndex(at.index), lite)
  }
  check(false, {})()
  check(true, { index: { kind: 'hnsw' }, durability: 'memory' })()
  for (const [lite, change, option] of [
    [false, { name: 'Upper' }, 'name'],
    [false, { name: `a${'b'.repeat(63)}` }, 'name'],
    [false, { durability: 'disk' }, 'durability'],
    [false, { durability: 'memory' }, 'durability'],
    [true, { durability: 'disk' }, 'durability'],
    [false, { dimensions: 10 }, 'index.m'],
    [true, {}, 'index.kind'],
  ] as const) {
    assert.throws(check(lite, change), { option }, JSON.stringify([lite, change]))
  }
})
