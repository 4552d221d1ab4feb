import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../model/index.ts'
import { checkpointSource, liveRows } from './live.ts'
import { type OpLiteral, remove, runOf, search, upsert } from './run.fixture.ts'
import { viewOf } from './view.ts'

const rowsAt = (ops: readonly OpLiteral[], at: number, space = 0) => {
  const { ids, versions, unanswered } = liveRows(
    viewOf(runOf({ ops, preload: 2, revisions: 4 })),
    space,
    at * MILLI,
  )
  return { rows: Array.from(ids, (id, i) => [id, versions[i]]), unanswered }
}

test('without writes the preloaded rows are live, in the first collection only', () => {
  assert.deepEqual(rowsAt([], 0), {
    rows: [
      [0, 0],
      [1, 0],
    ],
    unanswered: 0,
  })
  assert.deepEqual(rowsAt([], 0, 1), { rows: [], unanswered: 0 })
})

test('the last acknowledged state of each id counts', () => {
  const ops = [
    upsert(10, [[5, 0]]),
    upsert(20, [[0, 1]]),
    upsert(30, [[0, 2]]),
    remove(40, [1]),
    upsert(900, [[6, 0]]),
  ]
  assert.deepEqual(rowsAt(ops, 500), {
    rows: [
      [0, 2],
      [5, 0],
    ],
    unanswered: 0,
  })
  assert.deepEqual(rowsAt(ops, 25), {
    rows: [
      [0, 1],
      [1, 0],
      [5, 0],
    ],
    unanswered: 0,
  })
})

test('writes that are unknown, or not yet answered, are counted and change nothing', () => {
  const ops = [
    upsert(10, [[5, 0]], { outcome: 'unknown' }),
    remove(20, [0], { done: 600 }),
    upsert(30, [[7, 0]], { outcome: 'fail' }),
  ]
  assert.deepEqual(rowsAt(ops, 500), {
    rows: [
      [0, 0],
      [1, 0],
    ],
    unanswered: 2,
  })
})

test('of acknowledged writes that overlapped, the one answered last counts', () => {
  const ops = [upsert(10, [[0, 1]], { done: 100 }), upsert(20, [[0, 2]], { done: 50 })]
  assert.deepEqual(rowsAt(ops, 500).rows, [
    [0, 1],
    [1, 0],
  ])
})

test('a checkpoint asks where its first answered search went', () => {
  const span = { phase: 0, from: 0, searches: 5, to: 9, rebuild: true }
  const ops = [
    search(5, 0, [], { outcome: 'fail' }, { checkpoint: 0, model: 0 }),
    search(6, 0, [], { space: 1, model: 2 }, { checkpoint: 0, model: 0 }),
  ]
  const view = viewOf(runOf({ ops, preload: 2, meta: { checkpoints: [span, span] } }))
  assert.deepEqual(checkpointSource(view, 0), { space: 1, model: 2, at: 5 })
  assert.equal(checkpointSource(view, 1), null)
})
