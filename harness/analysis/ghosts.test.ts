import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  control,
  type HitLiteral,
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'

const strays = (
  ops: readonly OpLiteral[],
  at: number,
  hits: readonly HitLiteral[],
  more: Partial<RunLiteral> = {},
) => {
  const run = runOf({
    ops: [...ops, search(at, 0, hits, { done: at + 10 })],
    preload: 3,
    revisions: 3,
    ...more,
  })
  const { ghosts, stale } = truthFindings(viewOf(run), []).whole
  return { ghosts, stale }
}
const CLEAN = { ghosts: 0, stale: 0 }

test('a deleted row is a ghost once its delete is acknowledged, not before', () => {
  const removal = remove(100, [0], { done: 120 })
  assert.deepEqual(strays([removal], 115, [[0, 0]]), CLEAN)
  assert.deepEqual(strays([removal], 120, [[0, 0]]), CLEAN)
  assert.deepEqual(strays([removal], 121, [[0, 0]]), { ghosts: 1, stale: 0 })
})

test('an old version is stale once the new one is acknowledged; a new one before it was sent is too', () => {
  const update = upsert(100, [[0, 1]], { done: 120 })
  assert.deepEqual(strays([update], 110, [[0, 0]]), CLEAN)
  assert.deepEqual(strays([update], 110, [[0, 1]]), CLEAN)
  assert.deepEqual(strays([update], 200, [[0, 0]]), { ghosts: 0, stale: 1 })
  assert.deepEqual(strays([update], 50, [[0, 1]]), { ghosts: 0, stale: 1 })
})

test('an unknown delete makes no ghosts', () => {
  assert.deepEqual(strays([remove(100, [0], { outcome: 'unknown' })], 900, [[0, 0]]), CLEAN)
})

test('a row that was never inserted, or that the dataset does not have, is a ghost', () => {
  assert.deepEqual(strays([], 0, [[7, 0]]), { ghosts: 1, stale: 0 })
  assert.deepEqual(strays([], 0, [[4_000_000_000, 0]]), { ghosts: 1, stale: 0 })
})

test('searches are counted, not rows, and only rows within k', () => {
  const removal = remove(100, [0, 1])
  assert.deepEqual(
    strays([removal], 200, [
      [0, 0],
      [1, 0],
    ]),
    { ghosts: 1, stale: 0 },
  )
  assert.deepEqual(
    strays([removal], 200, [
      [2, 0],
      [2, 0],
      [0, 0],
    ]),
    CLEAN,
  )
})

test('an engine that tells no versions can have ghosts, and stale rows are not measurable', () => {
  const ops = [remove(100, [0]), upsert(100, [[1, 1]])]
  assert.deepEqual(strays(ops, 200, [0, 1]), { ghosts: 1, stale: null })
})

test('during a swap a row of either collection is right', () => {
  const run = runOf({
    ops: [
      upsert(0, [[0, 3]], {}, { space: 1 }),
      control(100, 'swap', { done: 120 }, { space: 1 }),
      search(
        110,
        0,
        [
          [0, 3],
          [1, 0],
        ],
        { space: 0, model: 1 },
        { model: 0 },
      ),
      search(50, 0, [[0, 3]], { space: 0, model: 1 }, { model: 0 }),
    ],
    preload: 3,
    revisions: 3,
    vectors: [0, 1].map(() => Array.from({ length: 9 }, (_, i) => [i % 3, 0])),
    meta: { spaces: [{ model: 1 }, { model: 2 }], dimensions: [2, 2] },
  })
  const { stale, ghost } = judgeSearches(viewOf(run), [])
  assert.deepEqual([...stale], [1, 0])
  assert.deepEqual([...ghost], [0, 0])
})
