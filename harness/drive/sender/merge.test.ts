import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OK, SKIPPED } from '../../model/index.ts'
import type { EventBatch } from '../folder/history.ts'
import { createEvents } from './events.ts'
import { createMerge } from './merge.ts'

/** A batch of events done at these instants (NaN: never sent), their ops numbered from `first`. */
const batchOf = (dones: readonly number[], until: number, first = 0): EventBatch => {
  const events = createEvents()
  dones.forEach((done, i) => {
    const op = first + i
    if (Number.isNaN(done)) events.notSent(op, 0, 1, SKIPPED, `skip:${op}`)
    else {
      const hits = [{ id: op, version: 1 }, { id: op + 1 }]
      const refused = op % 2 ? [op] : []
      events.record({
        op,
        sent: done - 1,
        done,
        outcome: OK,
        via: 0,
        space: 0,
        model: 1,
        hits,
        refused,
      })
    }
  })
  return events.take(until)
}
const opsOf = ({ op, count }: EventBatch): number[] => [...op.subarray(0, count)]

test('by eye: an event goes on once every sender has told what was done before it', () => {
  const merge = createMerge(2)
  assert.equal(merge.add(0, batchOf([1, 5, 9], 10)), null)
  const first = merge.add(1, batchOf([2, 6], 7, 10))!
  assert.deepEqual(opsOf(first), [0, 10, 1, 11])
  assert.equal(first.until, 7)
  assert.deepEqual([...first.hitIds.subarray(0, first.hits[4])], [0, 1, 10, 11, 1, 2, 11, 12])
  assert.deepEqual([...first.hitVersions.subarray(0, 2)], [1, -1])
  assert.deepEqual([...first.refusedIds.subarray(0, first.refused[4])], [1, 11])
  const second = merge.add(1, batchOf([8], 12, 20))!
  assert.deepEqual([opsOf(second), second.until], [[20, 2], 10])
})

test('by eye: what was never sent keeps its place behind the event before it, and its reason', () => {
  const merge = createMerge(2)
  merge.add(0, batchOf([3, Number.NaN, 8], 9))
  const merged = merge.add(1, batchOf([4], 5, 10))!
  assert.deepEqual(opsOf(merged), [0, 1, 10])
  assert.equal(merged.errors[merged.error[1]!], 'skip:1')
})

test('by eye: a sender that has ended is waited for no more', () => {
  const merge = createMerge(2)
  merge.add(0, batchOf([1], 10))
  assert.deepEqual(opsOf(merge.ended(1)!), [0])
  assert.deepEqual(opsOf(merge.add(0, batchOf([11, 12], 13, 5))!), [5, 6])
})

/** What each sender tells: flushes at growing instants, each with the events since the last. */
const telling = fc.array(
  fc.record({
    sender: fc.nat(2),
    dones: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 4 }),
  }),
  { maxLength: 25 },
)

test('law: whatever the order of their flushes, the history holds every event once, by time, and is whole up to `until`', () => {
  fc.assert(
    fc.property(telling, (flushes) => {
      const merge = createMerge(3)
      const now = [0, 0, 0]
      const told = new Map<number, number>()
      const merged: { op: number; until: number }[] = []
      const keep = (batch: EventBatch | null) => {
        if (batch === null) return
        for (const op of opsOf(batch)) merged.push({ op, until: batch.until })
        const passed = new Set(merged.map(({ op }) => op))
        for (const [op, done] of told) if (done < batch.until) assert.ok(passed.has(op))
      }
      flushes.forEach(({ sender, dones }, i) => {
        const from = now[sender]!
        const times = dones.map((wait) => from + wait).sort((a, b) => a - b)
        now[sender] = (times.at(-1) ?? from) + 1
        for (const [j, time] of times.entries()) told.set(i * 10 + j, time)
        keep(merge.add(sender, batchOf(times, now[sender]!, i * 10)))
      })
      for (const sender of [0, 1, 2]) keep(merge.ended(sender))
      const ops = merged.map(({ op }) => op)
      assert.deepEqual(
        ops.toSorted((a, b) => a - b),
        [...told.keys()].sort((a, b) => a - b),
      )
      const times = ops.map((op) => told.get(op)!)
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
    }),
  )
})
