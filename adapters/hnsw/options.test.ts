import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection } from '../../harness/model/index.ts'
import { checkDurability, parseOptions, settingsOf } from './options.ts'
import { DURABILITY, durabilityOf } from './store/sync.ts'

const at: Collection = {
  name: 'a',
  dimensions: 8,
  metric: 'l2',
  index: { kind: 'hnsw', m: 16, efConstruction: 128, ef: 64 },
  consistency: 'default',
  durability: 'default',
  connections: 2,
}

test('none, a URL or an object', () => {
  assert.deepEqual(parseOptions(undefined), {})
  assert.deepEqual(parseOptions('http://127.0.0.1:7000'), { url: 'http://127.0.0.1:7000' })
  assert.deepEqual(parseOptions('http://127.0.0.1:7000/'), { url: 'http://127.0.0.1:7000' })
  assert.deepEqual(parseOptions({ ef: 128, m: 8 }), { ef: 128, m: 8 })
})

test('what is wrong is named', () => {
  for (const [options, named] of [
    [{ efSearch: 1 }, /efSearch/],
    [{ ef: '64' }, /ef: /],
    [{ m: 1 }, /m: /],
    ['https://127.0.0.1:7000', /url: must be http/],
    ['http://user:secret@127.0.0.1', /url: must be http/],
    ['http://127.0.0.1/path', /url: must be http/],
    ['7000', /url/],
    [{ data: '' }, /data: /],
    [{ data: 'd', sync: 0 }, /sync: /],
    [{ data: 'd', sync: 'sometimes' }, /sync: /],
    [{ sync: 'always' }, /sync: .*data/],
    [{ data: 'd', url: 'http://127.0.0.1:1' }, /data: .*url/],
    [{ threads: 33 }, /threads: /],
    [{ threads: 1, url: 'http://127.0.0.1:1' }, /threads: .*url/],
    [{ tiered: true }, /tiered: /],
    [{ alpha: 0.9 }, /alpha: /],
    [{ alpha: Number.NaN }, /alpha: /],
    [{ alpha: 'x' }, /alpha: /],
    [7, /hnsw/],
  ] as const) {
    assert.throws(() => parseOptions(options), named)
  }
  assert.throws(
    () => parseOptions('http://user:secret@127.0.0.1'),
    (error: Error) => {
      return !error.message.includes('secret')
    },
  )
})

test('the options of the target go before those of the scenario', () => {
  const base = { dimensions: 8, metric: 'l2', kind: 'hnsw', seed: undefined }
  assert.deepEqual(settingsOf({}, at), { ...base, m: 16, efConstruction: 128, ef: 64 })
  assert.deepEqual(
    settingsOf({ ef: 99, seed: 3, data: 'd', sync: 5, threads: 2, alpha: 1.2, tiered: 'off' }, at),
    {
      ...base,
      m: 16,
      efConstruction: 128,
      ef: 99,
      alpha: 1.2,
      tiered: 'off',
      seed: 3,
    },
  )
  const exact = { ...at, index: { kind: 'exact' } } as const
  assert.deepEqual(settingsOf({ ef: 99, alpha: 1.2 }, exact), { ...base, kind: 'exact' })
})

test('what the engine has not is refused by name', () => {
  const refuses = (change: Partial<Collection>, named: RegExp) =>
    assert.throws(() => settingsOf({}, { ...at, ...change }), named)
  refuses({ index: { kind: 'ivf-flat' } }, /index\.kind: .*ivf-flat/)
  refuses({ index: { kind: 'hnsw', lists: 4 } }, /index\.lists/)
  refuses({ index: { kind: 'hnsw', ef: 'much' } }, /index\.ef/)
  refuses({ index: { kind: 'exact', ef: 64 } }, /index\.ef: exact/)
  refuses({ consistency: 'strong' }, /consistency/)
  refuses({ durability: 'fsync' }, /durability: there is no fsync/)
})

test('a durability that the server has not is refused, and default takes what it has', () => {
  const every = durabilityOf(50)
  for (const [asked, offered, fits] of [
    ['default', every, true],
    ['default', DURABILITY.memory, true],
    ['disk', durabilityOf('always'), true],
    ['disk', every, false],
    ['disk', DURABILITY.memory, false],
    ['memory', DURABILITY.memory, true],
    ['memory', durabilityOf('always'), false],
  ] as const) {
    const check = () => checkDurability({ ...at, durability: asked }, offered)
    if (fits) check()
    else assert.throws(check, /durability: (disk|memory) is not what this server offers/)
  }
})
