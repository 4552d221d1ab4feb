import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Collection, Engine, Launched, Metric, Stored } from '../../harness/model/index.ts'
import { stream } from '../../harness/model/index.ts'
import { adapter } from './adapter.ts'
import type { PgvectorOptions } from './options.ts'

const DIMENSIONS = 16
const ROWS = 2_500
const clock = { now: () => 0 }
const signal = new AbortController().signal

const rng = stream(1, 'pgvector', 'live')
const randomVector = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, rng.normal)
const rows: readonly Stored[] = Array.from({ length: ROWS }, (_, id) => ({
  id,
  version: id % 3,
  vector: randomVector(),
}))
const collection = (name: string, more: Partial<Collection> = {}): Collection => ({
  name,
  dimensions: DIMENSIONS,
  metric: 'l2',
  index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 10 },
  consistency: 'default',
  durability: 'default',
  connections: 4,
  ...more,
})

async function* batchesOf(all: readonly Stored[]): AsyncGenerator<readonly Stored[]> {
  for (let i = 0; i < all.length; i += 500) yield all.slice(i, i + 500)
}

const DISTANCE: Readonly<Record<Metric, (a: Float32Array, b: Float32Array) => number>> = {
  l2: (a, b) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0),
  ip: (a, b) => -dot(a, b),
  cosine: (a, b) => -dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
}
const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const nearest = (metric: Metric, query: Float32Array, k: number) =>
  rows
    .map(({ id, version, vector }) => ({ id, version, distance: DISTANCE[metric](query, vector) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, k)
    .map(({ id, version }) => ({ id, version }))

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
    assert.equal(await engine.count!(signal), ROWS)
    assert.equal(await engine.plan!(), 'index')
    for (let i = 0; i < 20; i++) {
      const query = randomVector()
      const truth = nearest(metric, query, 10)
      assert.deepEqual(await engine.exact!(query, 10, signal), truth)
      assert.deepEqual(await engine.search(query, 10, signal, 1_000), truth)
    }
  })
}
