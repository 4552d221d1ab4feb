import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dataset } from '../../harness/model/index.ts'
import { openDataset } from '../index.ts'
import { lengthOf, squaredDistance } from '../matrix.ts'

const SMALL = { rows: 400, dimensions: 32, queries: 50, clusters: 8, spread: 0.5, intrinsic: 16 }
const open = (spec: Record<string, string | number>): Promise<Dataset> =>
  openDataset({ name: 'clustered', ...spec }, 'l2', '.')

test('a small dataset has the same fingerprint on every machine', async () => {
  const { fingerprint } = await open({ ...SMALL, revisions: 2 })
  assert.equal(
    fingerprint,
    'sha256:c1fb7e0b91e46390f2487b051871a586e4f000f04ea662a6c7558c7c399e120d',
  )
})

test('another seed, and any other parameter that matters, changes the fingerprint', async () => {
  const { fingerprint } = await open(SMALL)
  for (const change of [
    { seed: 2 },
    { rows: 401 },
    { queries: 51 },
    { edit: 0.2 },
    { models: 2 },
  ]) {
    assert.notEqual((await open({ ...SMALL, ...change })).fingerprint, fingerprint)
  }
})

test('more rows or queries begin with the same ones', async () => {
  const few = await open(SMALL)
  const many = await open({ ...SMALL, rows: 500, queries: 60 })
  assert.deepEqual(many.models[0]!.vectors.slice(0, 400), few.models[0]!.vectors.slice(0, 400))
  assert.deepEqual(many.models[2]!.queries.slice(0, 50), few.models[2]!.queries.slice(0, 50))
})

test('models 2 and 3 keep the distances of model 1 and share no coordinates with it', async () => {
  const { models } = await open({ ...SMALL, rows: 100, dimensions: 128, noise: 0.01 })
  const [first, second, third] = models
  assert.deepEqual(
    models.map(({ dimensions }) => dimensions),
    [128, 128, 96],
  )
  let products = 0
  for (let id = 0; id < 100; id++) {
    const query = id % 50
    const distanceIn = ({ vectors, queries }: (typeof models)[number]) =>
      squaredDistance(vectors.at(id), queries.at(query))
    const distance = distanceIn(first!)
    assert.ok(Math.abs(distanceIn(second!) / distance - 1) < 0.03)
    assert.ok(Math.abs(distanceIn(third!) / distance - 1) < 0.5, 'a projection keeps them roughly')
    const [a, b] = [first!.vectors.at(id), second!.vectors.at(id)]
    products += a.reduce((sum, x, i) => sum + x * b[i]!, 0) / lengthOf(a) / lengthOf(b) / 100
  }
  assert.ok(Math.abs(products) < 0.2, `mean cosine of the same row in both models: ${products}`)
})

test('models may have dimensions of their own, more than the first too', async () => {
  const { models } = await open({ ...SMALL, dimensions2: 40, dimensions3: 5 })
  assert.deepEqual(
    models.map(({ dimensions, queries }) => [dimensions, queries.at(0).length]),
    [
      [32, 32],
      [40, 40],
      [5, 5],
    ],
  )
})

test('a revision is a small step from the one before, in every model', async () => {
  const { models, rows } = await open({ ...SMALL, revisions: 3, noise: 0 })
  for (const { vectors } of models) {
    assert.equal(vectors.count, 3 * rows)
    let steps = 0
    let others = 0
    for (let id = 0; id < rows; id++) {
      steps += squaredDistance(vectors.at(rows + id), vectors.at(2 * rows + id))
      others += squaredDistance(vectors.at(rows + id), vectors.at(rows + ((id + 1) % rows)))
    }
    assert.ok(steps > 0 && steps < 0.02 * others, `${steps} against ${others}`)
  }
})

test('rows of a cluster lie near each other, and every cluster has rows', async () => {
  const { cluster, models, rows } = await open(SMALL)
  const mean = { same: { sum: 0, n: 0 }, other: { sum: 0, n: 0 } }
  const seen = new Set<number>()
  for (let id = 0; id < rows; id++) {
    seen.add(cluster(id))
    for (let mate = 0; mate < id; mate++) {
      const side = cluster(id) === cluster(mate) ? mean.same : mean.other
      side.sum += squaredDistance(models[0]!.vectors.at(id), models[0]!.vectors.at(mate))
      side.n++
    }
  }
  const ratio = Math.sqrt(mean.same.sum / mean.same.n / (mean.other.sum / mean.other.n))
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7])
  // spread s within, √(1 + s²) between: 0.5/√1.25 ≈ 0.447
  assert.ok(Math.abs(ratio - 0.447) < 0.06, `${ratio}`)
})

const centroid = ({ models, rows }: Dataset, from: number, to: number): Float64Array => {
  const sum = new Float64Array(models[0]!.dimensions)
  for (let id = Math.floor(from * rows); id < to * rows; id++) {
    models[0]!.vectors.at(id).forEach((x, i) => {
      sum[i]! += x / ((to - from) * rows)
    })
  }
  return sum
}

test('drifting moves its late rows elsewhere; clustered does not', async () => {
  const shift = async (name: string) => {
    const dataset = await open({ ...SMALL, name, rows: 4000 })
    return squaredDistance(centroid(dataset, 0, 0.1), centroid(dataset, 0.9, 1))
  }
  const [moved, stayed] = [await shift('drifting'), await shift('clustered')]
  assert.ok(moved > 10 * stayed, `${moved} against ${stayed}`)
})

test('uniform fills the cube evenly and finds its clusters by the nearest of drawn rows', async () => {
  const dataset = await openDataset(
    { name: 'uniform', rows: 2000, dimensions: 8, queries: 5 },
    'cosine',
    '.',
  )
  const values = dataset.models[0]!.vectors.slice(0, 2000)
  const inQuarter = [-1, -0.5, 0, 0.5].map(
    (from) => values.filter((x) => x >= from && x < from + 0.5).length / values.length,
  )
  assert.ok(
    inQuarter.every((share) => Math.abs(share - 0.25) < 0.02),
    String(inQuarter),
  )
  const clusters = new Set(Array.from({ length: 2000 }, (_, id) => dataset.cluster(id)))
  assert.equal(clusters.size, 32)
})

test('a vector read by row and by range is the same, and a range is a copy', async () => {
  const { vectors } = (await open(SMALL)).models[0]!
  const range = vectors.slice(10, 12)
  assert.deepEqual(range.subarray(32), vectors.at(11))
  range.fill(0)
  assert.ok(vectors.at(11).some((x) => x !== 0))
})
