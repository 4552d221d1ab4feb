import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { attachHnsw, type HnswReader } from '../engine/index.ts'
import { SETTLED } from '../store/operation.ts'
import { createIndexes, type Indexes } from './indexes.ts'
import { roomFor } from './rows.ts'

const COLLECTION = 1
const DIMENSIONS = 24
const OPTIONS = SETTLED.parse({ dimensions: DIMENSIONS, metric: 'l2', seed: 1 })

/** Rows of this version, each with a vector of its own. */
const rowsOf = (ids: readonly number[], version: number) => {
  const rows = roomFor(ids.length, DIMENSIONS)
  rows.ids.set(ids)
  rows.versions.fill(version)
  for (const [i, id] of ids.entries()) {
    for (let d = 0; d < DIMENSIONS; d++)
      rows.vectors[i * DIMENSIONS + d] = Math.sin(id * (d + 1) + version)
  }
  return rows
}
const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i)

const begin = (indexes: Indexes): HnswReader => {
  const { edition, shared } = indexes.make(OPTIONS)
  indexes.create(COLLECTION, edition)
  return attachHnsw(shared)
}

test('what is written beside a long body is there before the rest of it', async () => {
  const indexes = createIndexes()
  const reader = begin(indexes)
  const long = indexes.upsert(COLLECTION, rowsOf(range(0, 5000), 1))
  assert.ok(long instanceof Promise)
  assert.equal(indexes.upsert(COLLECTION, rowsOf([7000], 1)), undefined)
  assert.equal(indexes.upsert(COLLECTION, rowsOf(range(8000, 16), 1)), undefined)
  assert.equal(indexes.delete(COLLECTION, Uint32Array.of(8001)), 1)
  assert.deepEqual([...reader.get([4999, 7000, 8000, 8001]).ids], [7000, 8000])
  await long
  assert.equal(reader.live, 5000 + 1 + 15)
})

test('what is written of a row that is still to come is written after it', async () => {
  const indexes = createIndexes()
  const reader = begin(indexes)
  const long = indexes.upsert(COLLECTION, rowsOf(range(0, 5000), 1))
  const other = indexes.upsert(COLLECTION, rowsOf(range(5000, 1000), 1))
  assert.equal(indexes.delete(COLLECTION, Uint32Array.of(4999, 9999)), 1)
  indexes.upsert(COLLECTION, rowsOf([4998, 5999], 2))
  await Promise.all([long, other])
  assert.deepEqual([...reader.get([4997, 4998, 4999, 5999]).versions], [1, 2, 2])
})

test('whoever empties or drops a collection does so after all that came before', async () => {
  const indexes = createIndexes()
  begin(indexes)
  const cleared = indexes.upsert(COLLECTION, rowsOf(range(0, 3000), 1))
  const { edition, shared } = indexes.make(OPTIONS)
  assert.equal(indexes.clear(COLLECTION, edition), 3000)
  const reader = attachHnsw(shared)
  await cleared
  assert.equal(reader.live, 0)
  const dropped = indexes.upsert(COLLECTION, rowsOf(range(0, 3000), 1))
  indexes.drop(COLLECTION)
  await dropped
  assert.ok(reader.live < 3000, 'nobody waits for the rest')
})

/** What is asked of the writer, in its order, while nothing waits for an answer. */
const step = fc.oneof(
  fc.record({
    verb: fc.constant('upsert' as const),
    from: fc.nat(800),
    count: fc.integer({ min: 1, max: 1200 }),
  }),
  fc.record({
    verb: fc.constant('delete' as const),
    from: fc.nat(2000),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ verb: fc.constant('clear' as const), from: fc.constant(0), count: fc.constant(0) }),
  fc.record({ verb: fc.constant('turn' as const), from: fc.constant(0), count: fc.constant(0) }),
)

test('whatever the order of answers, all is as if each had been done in its turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
      const indexes = createIndexes()
      let reader = begin(indexes)
      const expected = new Map<number, number>()
      const answers: (Promise<void> | void)[] = []
      for (const [version, { verb, from, count }] of steps.entries()) {
        const ids = range(from, count)
        if (verb === 'upsert') {
          answers.push(indexes.upsert(COLLECTION, rowsOf(ids, version)))
          for (const id of ids) expected.set(id, version)
        } else if (verb === 'delete') {
          const removed = ids.filter((id) => expected.delete(id)).length
          assert.equal(indexes.delete(COLLECTION, Uint32Array.from(ids)), removed)
        } else if (verb === 'clear') {
          const { edition, shared } = indexes.make(OPTIONS)
          assert.equal(indexes.clear(COLLECTION, edition), expected.size)
          reader = attachHnsw(shared)
          expected.clear()
        } else await new Promise((resolve) => setImmediate(resolve))
      }
      await Promise.all(answers)
      const { ids, versions } = reader.get(range(0, 2000))
      assert.deepEqual(new Map([...ids].map((id, i) => [id, versions[i]!])), expected)
    }),
    { numRuns: 25 },
  )
})
