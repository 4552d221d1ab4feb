import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FAIL, type Hit, NO_VERSION, OK, SKIPPED } from '../../model/index.ts'
import { buffersOf, createEvents } from './events.ts'

const base = { sent: 1, done: 2, outcome: OK, via: 0, space: 0, model: 1 }

test('events come out as they went in, and are taken once', () => {
  const events = createEvents()
  events.record({ ...base, op: 3, hits: [{ id: 9, version: 2 }, { id: 8 }] })
  events.record({ ...base, op: 4, outcome: FAIL, refused: [5, 6], error: 'no' })
  events.notSent(5, 1, 0, SKIPPED, 'skip:busy')
  const batch = events.take(10)
  assert.equal(batch.count, 3)
  assert.equal(batch.until, 10)
  assert.deepEqual([...batch.op.subarray(0, 3)], [3, 4, 5])
  assert.deepEqual([...batch.hits.subarray(0, 4)], [0, 2, 2, 2])
  assert.deepEqual([...batch.hitIds.subarray(0, 2)], [9, 8])
  assert.deepEqual([...batch.hitVersions.subarray(0, 2)], [2, NO_VERSION])
  assert.deepEqual([...batch.refused.subarray(0, 4)], [0, 0, 2, 2])
  assert.deepEqual([...batch.error.subarray(0, 3)], [-1, 0, 1])
  assert.deepEqual(batch.errors, ['no', 'skip:busy'])
  assert.deepEqual([batch.sent[2], batch.done[2]], [Number.NaN, Number.NaN])
  assert.equal(events.take(11).count, 0)
})

test('columns grow with their events, and each batch has buffers of its own', () => {
  const answers = fc.array(fc.nat({ max: 40 }), { minLength: 900, maxLength: 2600 })
  fc.assert(
    fc.property(answers, (counts) => {
      const events = createEvents()
      const hitsOf = (count: number, op: number): Hit[] =>
        Array.from({ length: count }, (_, i) => ({ id: op * 100 + i, version: i }))
      for (const [op, count] of counts.entries()) {
        events.record({
          ...base,
          op,
          hits: hitsOf(count, op),
          refused: hitsOf(count % 3, op).map(({ id }) => id),
        })
      }
      const batch = events.take(0)
      assert.equal(batch.count, counts.length)
      for (const [op, count] of counts.entries()) {
        const ids = batch.hitIds.subarray(batch.hits[op], batch.hits[op + 1])
        assert.deepEqual(
          [...ids],
          hitsOf(count, op).map(({ id }) => id),
        )
        assert.equal(batch.refused[op + 1]! - batch.refused[op]!, count % 3)
      }
      const buffers = buffersOf(batch)
      assert.equal(new Set(buffers).size, buffers.length)
    }),
    { numRuns: 20 },
  )
})
