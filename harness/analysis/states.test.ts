import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MILLI } from '../model/index.ts'
import { type OpLiteral, remove, runOf, upsert } from './run.fixture.ts'
import { instantsIn, statesAt } from './states.fixture.ts'
import { possibleStates } from './states.ts'
import { DELETED, viewOf } from './view.ts'
import { arbitraryInstant, arbitraryWrites } from './writes.fixture.ts'

/** Row 0 was preloaded, row 1 was not; states over [from, to] in milliseconds. */
const statesOf = (ops: readonly OpLiteral[], id: number, from: number, to = from) =>
  [...possibleStates(viewOf(runOf({ ops, preload: 1 })), 0, id, from * MILLI, to * MILLI)].sort(
    (a, b) => a - b,
  )

test('an id that nothing writes is as it was before the run', () => {
  assert.deepEqual(statesOf([], 0, 5), [0])
  assert.deepEqual(statesOf([], 1, 5), [DELETED])
})

test('a write in flight leaves both its state and the one before it', () => {
  const insert = upsert(10, [[1, 0]], { done: 20 })
  assert.deepEqual(statesOf([insert], 1, 9), [DELETED])
  assert.deepEqual(statesOf([insert], 1, 10), [DELETED, 0])
  assert.deepEqual(statesOf([insert], 1, 20), [DELETED, 0])
  assert.deepEqual(statesOf([insert], 1, 21), [0])
})

test('over an interval every state of any of its instants is possible', () => {
  const insert = upsert(10, [[1, 0]], { done: 20 })
  assert.deepEqual(statesOf([insert], 1, 0, 9), [DELETED])
  assert.deepEqual(statesOf([insert], 1, 0, 50), [DELETED, 0])
})

test('an unknown write stays possible for ever, and so does what it may not have replaced', () => {
  const removal = remove(10, [0], { done: 20, outcome: 'unknown' })
  assert.deepEqual(statesOf([removal], 0, 1_000_000), [DELETED, 0])
  const later = upsert(30, [[0, 1]], { done: 40 })
  assert.deepEqual(statesOf([removal, later], 0, 1_000_000), [DELETED, 1])
})

test('a failed write is never possible', () => {
  assert.deepEqual(statesOf([remove(10, [0], { done: 20, outcome: 'fail' })], 0, 15), [0])
})

test('a write is superseded once a later one, sent after its answer, has been answered', () => {
  const ops = [upsert(10, [[0, 1]], { done: 20 }), upsert(30, [[0, 2]], { done: 40 })]
  assert.deepEqual(statesOf(ops, 0, 25), [1])
  assert.deepEqual(statesOf(ops, 0, 35), [1, 2])
  assert.deepEqual(statesOf(ops, 0, 41), [2])
})

test('of two writes that overlap either may have been last', () => {
  const ops = [upsert(10, [[0, 1]], { done: 30 }), upsert(20, [[0, 2]], { done: 25 })]
  assert.deepEqual(statesOf(ops, 0, 26), [1, 2])
  assert.deepEqual(statesOf(ops, 0, 1_000_000), [1, 2])
})

test('a row refused by name from a batch that is unknown surely was not written', () => {
  const batch = upsert(
    10,
    [
      [1, 0],
      [2, 0],
    ],
    { outcome: 'unknown', refused: [1] },
  )
  assert.deepEqual(statesOf([batch], 1, 50), [DELETED])
  assert.deepEqual(statesOf([batch], 2, 50), [DELETED, 0])
})

test('the second collection begins empty', () => {
  const view = viewOf(runOf({ ops: [upsert(10, [[0, 0]], {}, { space: 1 })], preload: 1 }))
  assert.deepEqual(possibleStates(view, 1, 0, 0, 0), [DELETED])
  assert.deepEqual(possibleStates(view, 0, 0, 50_000, 50_000), [0])
})

test('for any writes: the union of what the definition says at each instant', () => {
  fc.assert(
    fc.property(arbitraryWrites(2, 3), arbitraryInstant, arbitraryInstant, (ops, start, took) => {
      const view = viewOf(runOf({ ops, preload: 1 }))
      const [from, to] = [start * MILLI, (start + took) * MILLI]
      for (const id of [0, 1]) {
        const literal = instantsIn(view, 0, [id], from, to).flatMap((at) => [
          ...statesAt(view, 0, id, at),
        ])
        const states = possibleStates(view, 0, id, from, to)
        assert.deepEqual(new Set(states), new Set(literal))
        assert.equal(states.length, new Set(states).size)
      }
    }),
    { numRuns: 1000 },
  )
})
