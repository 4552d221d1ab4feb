import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCollection, effortOf, parseIndex, parseOptions } from './options.ts'

test('nothing, a URL and an object are read; reading the result again gives the same', () => {
  const none = {
    url: null,
    ef: null,
    iterativeScan: 'off',
    settings: {},
    settle: 'analyze',
    compact: 'vacuum',
    autovacuum: null,
    quantization: 'none',
    oversampling: 10,
    pool: null,
    inMemory: false,
  }
  assert.deepEqual(parseOptions(undefined), none)
  const url = 'postgres://u:secret@db:5432/vectors'
  assert.deepEqual(parseOptions(url), { ...none, url })
  const wide = parseOptions({ ef: 128, iterativeScan: 'strict_order', pool: 4 })
  assert.deepEqual(wide, { ...none, ef: 128, iterativeScan: 'strict_order', pool: 4 })
  assert.deepEqual(parseOptions(wide), wide)
})

test('what is refused names its option, as text and as a property, and no password', () => {
  for (const [given, option] of [
    ['mysql://u:secret@h/d', 'url'],
    ['postgres://u:secret@h:port/d', 'url'],
    ['u:secret@h', 'url'],
    [{ ef: 0 }, 'ef'],
    [{ ef: 1.5 }, 'ef'],
    [{ ef: '64' }, 'ef'],
    [{ iterativeScan: 'relaxed_order' }, 'iterativeScan'],
    [{ pool: 0 }, 'pool'],
    [{ settings: { port: 1 } }, 'settings.port'],
    [{ settings: { 'a b': 1 } }, 'settings.a b'],
    [{ settings: { fsync: 'off' }, url: 'postgres://u:secret@h/d' }, 'settings'],
    [{ autovacuum: { scale: 1 } }, 'autovacuum.scale'],
    [{ compact: 'full' }, 'compact'],
    [{ quantization: 'int8' }, 'quantization'],
    [{ password: 'secret' }, 'password'],
    [7, 'options'],
  ] as const) {
    const refuses = (error: Error & { option?: string }) => {
      assert.equal(error.option, option)
      assert.match(error.message, new RegExp(`^pgvector: ${option}: `))
      assert.doesNotMatch(error.message, /secret/)
      return true
    }
    assert.throws(() => parseOptions(given), refuses, JSON.stringify(given))
  }
})

test("a scenario's index is mapped, or refused by name", () => {
  const hnsw = { kind: 'hnsw', m: 16, efConstruction: 128, ef: 64 } as const
  assert.deepEqual(parseIndex(hnsw), hnsw)
  assert.deepEqual(parseIndex({ kind: 'hnsw' }), { kind: 'hnsw', m: 16, efConstruction: 64 })
  assert.deepEqual(parseIndex({ kind: 'ivf-flat', lists: 8, probes: 2 }), {
    kind: 'ivf-flat',
    lists: 8,
    probes: 2,
  })
  assert.throws(() => parseIndex({ kind: 'ivf-pq' }), /index\.kind: must be hnsw/)
  assert.throws(() => parseIndex({ kind: 'hnsw', lists: 8 }), /index\.lists: there is no such/)
  assert.throws(() => parseIndex({ kind: 'exact', m: 8 }), /index\.m: there is no such/)
  assert.throws(() => parseIndex({ kind: 'hnsw', m: 1 }), /index\.m: /)
})

test("the target's ef goes before the scenario's; what the index cannot do is refused", () => {
  const hnsw = parseIndex({ kind: 'hnsw', ef: 64 })
  const ivf = parseIndex({ kind: 'ivf-flat', probes: 3 })
  assert.equal(effortOf(parseOptions({}), hnsw), 64)
  assert.equal(effortOf(parseOptions({ ef: 128 }), hnsw), 128)
  assert.equal(effortOf(parseOptions({}), parseIndex({ kind: 'hnsw' })), undefined)
  assert.equal(effortOf(parseOptions({}), ivf), 3)
  assert.equal(effortOf(parseOptions({ ef: 9 }), parseIndex({ kind: 'exact' })), undefined)
  assert.throws(() => effortOf(parseOptions({ ef: 1_001 }), hnsw), /ef: 1001 is above 1000/)
  const strict = parseOptions({ iterativeScan: 'strict_order' })
  assert.throws(() => effortOf(strict, ivf), /iterativeScan: /)
})

test('a collection that cannot be is refused by name', () => {
  const good = {
    name: 'a1_b',
    dimensions: 3,
    metric: 'l2',
    index: { kind: 'exact' },
    consistency: 'default',
    durability: 'memory',
    connections: 1,
  } as const
  checkCollection(good)
  for (const [change, option] of [
    [{ name: 'Upper' }, 'name'],
    [{ name: 'a"; DROP TABLE b; --' }, 'name'],
    [{ name: `a${'b'.repeat(63)}` }, 'name'],
    [{ consistency: 'strong' }, 'consistency'],
    [{ durability: 'toString' }, 'durability'],
  ] as const) {
    assert.throws(() => checkCollection({ ...good, ...change }), { option })
  }
})
