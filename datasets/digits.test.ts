import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openDataset } from './index.ts'
import { squaredDistance } from './matrix.ts'

const data = (name: string) => readFileSync(new URL(`./data/${name}`, import.meta.url))
const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0)

test('the committed digits are the 1,797 that everyone knows', () => {
  const [images, labels] = [data('digits.u8bin'), data('digits-labels.u8bin')]
  assert.deepEqual([images.readUInt32LE(0), images.readUInt32LE(4)], [1797, 64])
  assert.equal(images.length, 8 + 1797 * 64)
  assert.equal(sum(images.subarray(8)), 561_718)
  const counts = new Array(10).fill(0)
  for (const label of labels.subarray(8)) counts[label]++
  assert.deepEqual(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  assert.deepEqual([...labels.subarray(8, 18)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('the dataset made of them has the same fingerprint on every machine', async () => {
  const { fingerprint } = await openDataset({ name: 'digits' }, 'l2', '.')
  assert.equal(
    fingerprint,
    'sha256:c994e78e92b7d0208ff6f17e6a888353386aaaa62c4533cd6885b77dbd4bb02a',
  )
})

test('rows and queries are all different images, and together all there are', async () => {
  const { rows, models } = await openDataset({ name: 'digits' }, 'cosine', '.')
  const { vectors, queries } = models[0]!
  const images = [...vectors.slice(0, rows), ...queries.slice(0, queries.count)]
  assert.equal(images.length, 1797 * 64)
  assert.equal(sum(images), 561_718)
  const texts = Array.from({ length: 1797 }, (_, i) => images.slice(64 * i, 64 * i + 64).join())
  assert.equal(new Set(texts).size, 1797)
})

test('the nearest other row shows the same digit at least 97 times in 100, in models 1 and 2', async () => {
  const { rows, models, cluster } = await openDataset({ name: 'digits' }, 'l2', '.')
  assert.deepEqual(
    models.map(({ dimensions }) => dimensions),
    [64, 64, 48],
  )
  for (const { vectors } of models.slice(0, 2)) {
    let right = 0
    for (let id = 0; id < rows; id++) {
      let best = -1
      let least = Infinity
      for (let other = 0; other < rows; other++) {
        if (other === id) continue
        const distance = squaredDistance(vectors.at(id), vectors.at(other))
        if (distance >= least) continue
        least = distance
        best = other
      }
      if (cluster(best) === cluster(id)) right++
    }
    assert.ok(right >= 0.97 * rows, `${right} of ${rows}`)
  }
})
