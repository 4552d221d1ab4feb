import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Dataset, type Model, stream } from '../../harness/model/index.ts'
import { openDataset } from '../index.ts'
import { lengthOf, squaredDistance } from '../matrix.ts'
import { packageRoot } from '../root.ts'
import { shuffled } from '../turn.ts'
import { readCorpus } from './corpus.ts'
import { tfIdf } from './embed.ts'
import { ENCODERS } from './encoders.ts'

let readmes: Dataset
before(async () => {
  readmes = await openDataset({ name: 'readmes', revisions: 2 }, 'cosine', '.')
})

const ids = (): number[] => Array.from({ length: readmes.rows }, (_, id) => id)

test('there are enough rows for the bench scenarios, no text twice, each with its origin', () => {
  assert.ok(readmes.rows >= 4900, `${readmes.rows} rows`)
  const texts = ids().map((id) => readmes.text!(id))
  assert.equal(new Set(texts).size, readmes.rows)
  for (const text of texts) assert.ok(text.length >= 20 && text === text.trim(), text)
  for (const id of ids())
    assert.match(readmes.origin!(id), /^[^ ]+@\d+\.\d+\.\S+ .+\.(?:md|MD|markdown)/)
})

test('queries are headings that are no rows', () => {
  const corpus = readCorpus(packageRoot())
  const rows = new Set(corpus.rows.map(({ text }) => text))
  const headings = new Set(corpus.headings.map(({ text }) => text))
  assert.ok(headings.size >= 1000, `${headings.size} headings`)
  assert.equal(headings.size, corpus.headings.length)
  assert.ok(corpus.headings.every(({ text }) => !rows.has(text)))
  assert.deepEqual(
    readmes.models.map(({ queries }) => queries.count),
    [500, 500, 500],
  )
})

test('every vector of every model has length 1', () => {
  assert.deepEqual(
    readmes.models.map(({ dimensions }) => dimensions),
    [128, 128, 96],
  )
  for (const { vectors, queries } of readmes.models) {
    assert.equal(vectors.count, 2 * readmes.rows)
    for (let i = 0; i < vectors.count; i++) assert.ok(Math.abs(lengthOf(vectors.at(i)) - 1) < 1e-6)
    for (let i = 0; i < queries.count; i++) assert.ok(Math.abs(lengthOf(queries.at(i)) - 1) < 1e-6)
  }
})

const nearest = ({ vectors }: Model, vector: Float32Array, except: number): number => {
  let best = -1
  let least = Infinity
  for (let id = 0; id < readmes.rows; id++) {
    const distance = id === except ? Infinity : squaredDistance(vectors.at(id), vector)
    if (distance >= least) continue
    least = distance
    best = id
  }
  return best
}

/** How often two rows drawn at random agree in this. */
const byChance = (keys: readonly string[]): number => {
  const sizes = new Map<string, number>()
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, n) => sum + (n / keys.length) ** 2, 0)
}

test('in every model the nearest row comes from the same file far more often than by chance', () => {
  const files = ids().map((id) => readmes.origin!(id).split(' § ')[0]!)
  const asked = ids().slice(0, 300)
  for (const model of readmes.models) {
    const same = asked.filter((id) => files[nearest(model, model.vectors.at(id), id)] === files[id])
    const share = same.length / asked.length
    assert.ok(share > 5 * byChance(files) && share > 0.3, `${share}`)
  }
})

test('a heading finds rows of its own package far more often than by chance', () => {
  const packageOf = (origin: string) => origin.split(' ')[0]!
  const { rows, headings } = readCorpus(packageRoot())
  const packages = ids().map((id) => packageOf(readmes.origin!(id)))
  const asked = shuffled(stream(1, 'asked'), headings).slice(0, 300)
  const texts = rows.map(({ text }) => text)
  for (const [index, model] of readmes.models.entries()) {
    const { dimensions } = model
    const terms = ENCODERS[index]!
    const embed = tfIdf(texts, { seed: 1, model: index + 1, dimensions, terms })
    const into = new Float32Array(dimensions)
    const same = asked.filter(
      ({ text, origin }) =>
        embed(text, into) && packages[nearest(model, into, -1)] === packageOf(origin),
    )
    assert.ok(same.length / asked.length > 3 * byChance(packages), `${same.length} of 300`)
  }
})

test('a revision stays near its row and is mostly another vector', () => {
  for (const { vectors } of readmes.models) {
    let moved = 0
    let near = 0
    for (const id of ids()) {
      const distance = squaredDistance(vectors.at(id), vectors.at(readmes.rows + id))
      const toNext = squaredDistance(vectors.at(id), vectors.at((id + 1) % readmes.rows))
      if (distance > 0) moved++
      if (distance < toNext) near++
    }
    assert.ok(moved > 0.97 * readmes.rows, `${moved} moved`)
    assert.ok(near > 0.94 * readmes.rows, `${near} near`)
  }
})

test('more rows than there are is refused with their number', () =>
  assert.rejects(
    openDataset({ name: 'readmes', rows: 100_000 }, 'cosine', '.'),
    /"rows" of the dataset readmes is 100000; allowed is at most \d+, as many/,
  ))
