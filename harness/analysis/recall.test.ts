import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeSearches } from './searches.ts'
import { type OpLiteral, type RunLiteral, runOf, search, upsert } from './testing.ts'
import { viewOf } from './view.ts'

/** Rows lie on a line: row i at i; query q at q. */
const judge = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) =>
  judgeSearches(viewOf(runOf({ ops, preload: 5, ...more })), [])
/** Low and high of the first search. */
const bracket = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) => {
  const { low, high } = judge(ops, more)
  return [low[0], high[0]]
}

test('an answer with every true neighbour has recall 1', () => {
  assert.deepEqual(
    bracket([
      search(0, 0, [
        [0, 0],
        [1, 0],
      ]),
    ]),
    [1, 1],
  )
})

test('a missed neighbour costs its share of k', () => {
  assert.deepEqual(
    bracket([
      search(0, 0, [
        [0, 0],
        [2, 0],
      ]),
    ]),
    [0.5, 0.5],
  )
})

test('an insert in flight is neither required nor penalised', () => {
  const insert = upsert(0, [[5, 0]], { done: 100 })
  const flight = (hits: readonly (readonly [number, number])[]) =>
    bracket([insert, search(10, 5, hits)])
  assert.deepEqual(
    flight([
      [4, 0],
      [3, 0],
    ]),
    [0.5, 1],
  )
  assert.deepEqual(
    flight([
      [5, 0],
      [4, 0],
    ]),
    [0.5, 1],
  )
})
