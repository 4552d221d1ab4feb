import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAIL, MILLI, OK, UNKNOWN } from '../model/index.ts'
import { probe, remove, runOf, upsert } from './run.fixture.ts'
import { DELETED, viewOf } from './view.ts'

test('ops and events are joined by number, whatever order they were written in', () => {
  const view = viewOf(
    runOf({
      ops: [
        upsert(0, [[7, 0]], { done: 5 }),
        remove(40, [7]),
        probe(10, 0, [7, 0], [], { done: 12 }, { exact: { sent: 12, done: 14, hits: [[7, 0]] } }),
      ],
    }),
  )
  assert.equal(view.complete, true)
  assert.equal(view.doneOf(1), 12 * MILLI)
  assert.equal(view.history.done[view.exactOf.get(1)!], 14 * MILLI)
  assert.deepEqual(
    view.writesOf(0, 7).map(({ op, version, sent, done }) => [op, version, sent, done]),
    [
      [0, 0, 0, 5 * MILLI],
      [2, DELETED, 40 * MILLI, 41 * MILLI],
    ],
  )
})

test('of a batch that came to grief only the rows refused by name surely failed', () => {
  const view = viewOf(
    runOf({
      ops: [
        upsert(
          0,
          [
            [1, 0],
            [2, 0],
          ],
          { outcome: 'unknown', refused: [2] },
        ),
      ],
    }),
  )
  assert.deepEqual(
    [1, 2].map((id) => [view.writesOf(0, id)[0]!.outcome, view.writesOf(0, id)[0]!.done]),
    [
      [UNKNOWN, Infinity],
      [FAIL, Infinity],
    ],
  )
})

test('after a kill, ops due by the last flush are unknown and later ones are not offered', () => {
  const view = viewOf(
    runOf({
      ops: [upsert(0, [[1, 0]]), upsert(90, [[2, 0]], null), upsert(110, [[3, 0]], null)],
      history: { closed: false, until: 100 },
    }),
  )
  assert.deepEqual([0, 1, 2].map(view.outcomeOf), [OK, UNKNOWN, -1])
  assert.equal(view.writesOf(0, 2)[0]!.sent, 90 * MILLI)
  assert.deepEqual(view.writesOf(0, 3), [])
})
