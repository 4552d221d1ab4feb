import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN, refusedAs, withService } from './service.fixture.ts'
import { inFairSlices } from './slices.ts'

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, vector: [i % 61, i % 53] }))
const ids = (count: number) => ({ ids: Array.from({ length: count }, (_, id) => id) })

test('beyond the share of live rows that a collection has tombstones go by themselves, below it they stay', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/b', { dimensions: 2, metric: 'l2' })
    assert.equal((await ask('GET', '/collections/b')).json.consolidation, 0.15)
    await ask('PUT', '/collections/a', { dimensions: 2, metric: 'l2', consolidation: 0.1 })
    const stats = async () => (await ask('GET', '/collections/a/stats')).json
    await ask('POST', '/collections/a/upsert', { rows: rows(0, 1100) })
    await ask('POST', '/collections/a/delete', ids(100))
    assert.deepEqual(pick(await stats()), { live: 1000, tombstones: 100, compactions: 0 })
    await ask('POST', '/collections/a/delete', { ids: [100] })
    while ((await stats()).compactions === 0);
    assert.deepEqual(pick(await stats()), { live: 999, tombstones: 0, compactions: 1 })
    // The last alone, as above: beside a longer call the compaction would come between two of its slices.
    await ask('POST', '/collections/a/upsert', { rows: rows(500, 599) })
    assert.deepEqual(pick(await stats()), { live: 999, tombstones: 99, compactions: 1 })
    await ask('POST', '/collections/a/upsert', { rows: rows(599, 600) })
    while ((await stats()).compactions === 1);
    assert.deepEqual(pick(await stats()), { live: 999, tombstones: 0, compactions: 2 })
  }))
const pick = ({ live, tombstones, compactions }: Record<string, number>) => ({
  live,
  tombstones,
  compactions,
})

test('an index that only grows is compacted too: what inserts cut off is found again', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', { dimensions: 2, metric: 'l2' })
    const stats = async () => (await ask('GET', '/collections/a/stats')).json
    await ask('POST', '/collections/a/upsert', { rows: rows(0, 2000) })
    const { compactions, grown } = await stats()
    assert.deepEqual([compactions, grown], [0, 2000])
    await ask('POST', '/collections/a/upsert', { rows: rows(2000, 2001) })
    while ((await stats()).compactions === 0);
    assert.equal((await ask('GET', '/collections/a/shape')).json.unreachable, 0)
  }))

test('while writes never end, tombstones are taken out as fast as they come', (t) =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', { dimensions: 16, metric: 'l2' })
    const live = 1000
    const batch = 40
    const upsert = (first: number, version: number) => {
      const row = (id: number) => ({
        id,
        version,
        vector: Array.from({ length: 16 }, (_, d) => Math.sin(id * (d + 1) + version)),
      })
      const some = Array.from({ length: batch }, (_, i) => row((first + i) % live))
      return ask('POST', '/collections/a/upsert', { rows: some })
    }
    for (let id = 0; id < live; id += batch) await upsert(id, 0)
    let next = 0
    const replace = async (): Promise<void> => {
      while (next < 25 * live) {
        const first = next
        next += batch
        await upsert(first, 1 + Math.floor(first / live))
      }
    }
    await Promise.all(Array.from({ length: 8 }, replace))
    const { tombstones, compactions } = (await ask('GET', '/collections/a/stats')).json
    t.diagnostic(`${tombstones} tombstones, ${compactions} compactions`)
    // Without turns of its own a compaction left nearly all 25,000; how many come beside one depends on the machine.
    assert.ok(tombstones < 4 * live, `${tombstones} tombstones of ${live} live rows`)
  }))

test('off is off, until somebody asks', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    await ask('POST', '/collections/a/upsert', { rows: rows(0, 100) })
    await ask('POST', '/collections/a/delete', ids(90))
    const kept = (await ask('GET', '/collections/a/stats')).json
    assert.deepEqual(pick(kept), { live: 10, tombstones: 90, compactions: 0 })
    const done = (await ask('POST', '/collections/a/compact')).json
    assert.deepEqual(pick(done), { live: 10, tombstones: 0, compactions: 1 })
  }))

test('a collection has the alpha that it was made with, and none if it was made without', () =>
  withService(async (ask) => {
    const degreeWith = async (name: string, alpha?: number) => {
      const path = `/collections/${name}`
      await ask('PUT', path, { ...PLAIN, alpha })
      assert.equal((await ask('GET', path)).json.alpha, alpha)
      await ask('POST', `${path}/upsert`, { rows: rows(0, 600) })
      await ask('POST', `${path}/upsert`, { rows: rows(0, 600) })
      await ask('POST', `${path}/compact`)
      return (await ask('GET', `${path}/shape`)).json.meanDegree
    }
    const [none, wide] = [await degreeWith('a'), await degreeWith('b', 2)]
    assert.ok(none < wide, `${none} ${wide}`)
    for (const [name, alpha, told] of [
      ['a', 1.5, /alpha by default, not 1.5/],
      ['b', undefined, /alpha 2, not by default/],
    ] as const) {
      const again = await ask('PUT', `/collections/${name}`, { ...PLAIN, alpha })
      refusedAs(again, 409, 'exists', told)
    }
    for (const alpha of [0.9, 2.1, 'x', null]) {
      const refused = await ask('PUT', '/collections/c', { ...PLAIN, alpha })
      refusedAs(refused, 400, 'options', /^alpha: /)
    }
  }))

test('work in slices takes as much of the thread as it gives to others, and all of it if there are none', async () => {
  let time = 0
  const log: string[] = []
  function* steps() {
    for (let i = 0; i < 5; i++) {
      time += 0.5
      log.push('step')
      yield
    }
  }
  let waiting = 6
  const request = (): void => {
    time += 0.4
    log.push('request')
    if (--waiting > 0) setImmediate(request)
  }
  setImmediate(request)
  const slices: number[] = []
  await inFairSlices(
    steps(),
    (seconds) => slices.push(seconds * 1000),
    () => time,
  )
  const threeRequests = ['request', 'request', 'request']
  assert.deepEqual(log, [
    ...['step', 'step', ...threeRequests],
    ...['step', 'step', ...threeRequests],
    'step',
  ])
  assert.deepEqual(slices, [1, 1, 0.5])
})
