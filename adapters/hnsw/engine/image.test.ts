import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Hnsw, type Image, type Parameters } from './index.ts'

const DIMENSIONS = 8
const ROWS = 600

const create = (more: Partial<Parameters> = {}, image?: Image): Hnsw => {
  const parameters = {
    dimensions: DIMENSIONS,
    metric: 'l2',
    m: 6,
    efConstruction: 24,
    seed: 1,
    selection: 'heuristic',
    ...more,
  } as const
  return createHnsw(parameters, 'hnsw', image)
}

const vectorOf = (id: number, version: number): Float32Array => {
  const chance = stream(3, id, version)
  return Float32Array.from({ length: DIMENSIONS }, () => chance.normal())
}

/** Every row is found by its own vector, in its version, and by its id: along links, or by a scan where an insert may have cut some off. */
const check = (index: Hnsw, versions: ReadonlyMap<number, number>, isScan = false): void => {
  assert.equal(index.live, versions.size)
  for (const [id, version] of versions) {
    const vector = vectorOf(id, version)
    const hits = isScan ? index.exact(vector, 1) : index.search(vector, 1, 64)
    assert.deepEqual([hits.ids[0], hits.versions[0], hits.distances[0]], [id, version, 0])
    assert.equal(index.get([id]).versions[0], version)
  }
}

for (const before of [0, 16, 256]) {
  for (const after of [0, 16, 256]) {
    test(`an image is gone on from, whatever the hot tiers: of ${before} rows before, of ${after} after`, () => {
      let index = create({ hot: before })
      const versions = new Map<number, number>()
      const upsert = (id: number, version: number): void => {
        index.upsert(id, version, vectorOf(id, version))
        versions.set(id, version)
      }
      for (let id = 0; id < ROWS; id++) upsert(id, 0)
      for (const hot of [after, before, after]) {
        index = create({ hot }, index.image())
        check(index, versions, true)
        for (let id = 0; id < ROWS; id += 3) upsert(id, hot)
        for (let id = 1; id < ROWS; id += 97) {
          if (versions.delete(id)) assert.ok(index.delete(id))
        }
        for (let id = ROWS; id < ROWS + 40; id++) upsert(id, hot)
        check(index, versions, true)
        for (const _ of index.compaction());
        check(index, versions)
        assert.equal(index.shape().unreachable, 0)
      }
    })
  }
}

test('an image of other parameters is refused, since it would be written to at wrong places', () => {
  const index = create()
  for (let id = 0; id < 20; id++) index.upsert(id, 0, vectorOf(id, 0))
  const others: Partial<Parameters>[] = [
    { m: 7 },
    { efConstruction: 25 },
    { metric: 'ip' },
    { dimensions: 9 },
    { selection: 'simple' },
  ]
  for (const other of others) {
    assert.throws(() => create(other, index.image()), /the image is of other parameters/)
  }
})
