import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { CATALOG, describeDataset, openDataset } from './index.ts'

const refused = (spec: Record<string, string | number>, message: RegExp) =>
  assert.rejects(openDataset({ name: 'clustered', ...spec }, 'l2', '.'), message)

test('a wrong parameter is named, with what was found and what is allowed', async () => {
  await refused({ row: 5 }, /clustered has no parameter "row" \(5\); it has rows, dimensions,/)
  await refused({ rows: 0 }, /"rows" .* is 0; allowed is a whole number from 1 to 100000000/)
  await refused({ rows: 1.5 }, /"rows" .* is 1\.5; allowed is a whole number/)
  await refused({ rows: 'many' }, /"rows" .* is "many"; allowed is a whole number/)
  await refused({ spread: -1 }, /"spread" .* is -1; allowed is a number from 0\.001 to 100/)
  await refused({ name: 'clusters' }, /no dataset "clusters"; there are clustered, drifting,/)
  await refused({ name: 'toString' }, /no dataset "toString"/)
})

test('a matrix that no memory can hold is refused with its size', () =>
  refused({ rows: 1e8, dimensions: 4096 }, /100000000 × 4096 needs 1525\.9 GiB/))

test('another thread reads the same vectors from the same memory', async () => {
  const dataset = await openDataset({ name: 'clustered', rows: 50, dimensions: 4 }, 'l2', '.')
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.index).then(({ reopen }) => {
      const { models, cluster, fingerprint } = reopen(workerData.source)
      const shared = models[0].vectors.at(3).buffer instanceof SharedArrayBuffer
      const values = models.map(({ vectors, queries }) => [vectors.slice(0, 50), queries.at(7).slice()])
      parentPort.postMessage({ values, clusters: [cluster(0), cluster(49)], fingerprint, shared })
    })`
  const index = new URL('./index.ts', import.meta.url).href
  const worker = new Worker(code, { eval: true, workerData: { index, source: dataset.source } })
  const seen = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  assert.deepEqual(seen, {
    values: dataset.models.map(({ vectors, queries }) => [
      vectors.slice(0, 50),
      queries.at(7).slice(),
    ]),
    clusters: [dataset.cluster(0), dataset.cluster(49)],
    fingerprint: dataset.fingerprint,
    shared: true,
  })
  await worker.terminate()
})

test('the catalog says what everything is, and a description tells size and fingerprint', async () => {
  for (const { about, parameters } of Object.values(CATALOG)) {
    assert.match(about, /\.$/)
    for (const parameter of Object.values(parameters)) assert.match(parameter.about, /\.$/)
  }
  const dataset = await openDataset({ name: 'uniform', rows: 9, dimensions: 8 }, 'l2', '.')
  const text = describeDataset(dataset)
  assert.match(text, /^uniform: 9 rows\n {2}model 1: 8 dimensions, 500 queries\n/)
  assert.match(text, /model 3: 6 dimensions/)
  assert.ok(text.includes(dataset.fingerprint))
})
