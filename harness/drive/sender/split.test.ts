import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Op } from '../../model/index.ts'
import { control, probe, remove, search, traceOf, upsert } from '../trace.fixture.ts'
import { shareOf, splitOps } from './split.ts'

const splitOf = (ops: readonly Op[], senders: number): number[] => [
  ...splitOps(traceOf(ops).ops, senders),
]

test('by eye: the leader probes and controls, the others write, searches take turns', () => {
  const ops = [
    upsert(0, 1),
    search(1),
    upsert(2, 2),
    probe(3, 0, 1),
    search(4),
    remove(5, 1),
    control(6, 'compact'),
    search(7),
    search(8),
  ]
  assert.deepEqual(splitOf(ops, 3), [1, 0, 2, 0, 1, 1, 0, 2, 0])
  assert.deepEqual(splitOf(ops, 1), [0, 0, 0, 0, 0, 0, 0, 0, 0])
})

test('by eye: where nothing is probed the leader writes too', () => {
  assert.deepEqual(splitOf([upsert(0, 1), upsert(1, 2), upsert(2, 1)], 2), [0, 1, 0])
})

test('by eye: a batch joins its ids, and what they were and will be written by', () => {
  const ops = [upsert(0, 1), upsert(1, 2), upsert(2, 3), upsert(3, 1, 3), remove(4, 3)]
  assert.deepEqual(splitOf(ops, 2), [0, 1, 0, 0, 0])
})

/** Batches over few ids, so that they overlap; searches between. */
const someOps = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant('search' as const) }),
      fc.record({
        kind: fc.constantFrom('upsert' as const, 'delete' as const),
        ids: fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 4 }),
        space: fc.nat(1),
      }),
    ),
    { maxLength: 80 },
  )
  .map((list) =>
    list.map((one, i): Op => {
      if (one.kind === 'search') return search(i)
      const write = one.kind === 'upsert' ? upsert(i, ...one.ids) : remove(i, ...one.ids)
      return { ...write, space: one.space }
    }),
  )
const senderCount = fc.integer({ min: 1, max: 6 })

test('law: all writes of an id are one sender’s, in any collection and batch, so that their order is kept', () => {
  fc.assert(
    fc.property(someOps, senderCount, (list, senders) => {
      const { ops } = traceOf(list)
      const split = splitOps(ops, senders)
      const writer = new Map<number, number>()
      for (let op = 0; op < ops.count; op++) {
        for (const id of ops.ids.subarray(ops.rows[op]!, ops.rows[op + 1]!)) {
          if (!writer.has(id)) writer.set(id, split[op]!)
          assert.equal(split[op], writer.get(id), `op ${op} writes id ${id}`)
        }
      }
    }),
  )
})

test('law: the shares hold every op once, each in the order of the trace; searches are spread evenly', () => {
  fc.assert(
    fc.property(someOps, senderCount, (list, senders) => {
      const { ops } = traceOf(list)
      const split = splitOps(ops, senders)
      const shares = Array.from({ length: senders }, (_, sender) => [
        ...(shareOf(split, sender, senders) ?? split.keys()),
      ])
      for (const share of shares)
        assert.deepEqual(
          share,
          share.toSorted((a, b) => a - b),
        )
      assert.deepEqual(
        shares.flat().sort((a, b) => a - b),
        [...split.keys()],
      )
      const searches = shares.map(
        (share) => share.filter((op) => list[op]!.kind === 'search').length,
      )
      assert.ok(Math.max(...searches) - Math.min(...searches) <= 1)
    }),
  )
})

test('law: a probe never asks on a sender that writes', () => {
  fc.assert(
    fc.property(someOps, fc.integer({ min: 2, max: 6 }), (list, senders) => {
      const probed: Op[] = [...list, upsert(90, 1), probe(91, list.length, 1)]
      const { ops } = traceOf(probed)
      const split = splitOps(ops, senders)
      probed.forEach(({ kind }, op) => {
        if (kind === 'probe') assert.equal(split[op], 0)
        if (kind === 'upsert' || kind === 'delete') assert.notEqual(split[op], 0)
      })
    }),
  )
})
