import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGraph, distanceBetween, type Graph } from './graph.ts'
import { append, createRanking, insertSorted, type Ranking } from './ranking.ts'
import { selectNeighborsHeuristic, selectNeighborsSimple } from './select-neighbors.ts'
import { type Slot, storeRow } from './slots.ts'

/** Points on a line; slot i is point i, the first is q. */
const onALine = (metric: 'l2' | 'ip', ...points: number[]): [Graph, Ranking] => {
  const parameters = { dimensions: 1, m: 4, efConstruction: 8, seed: 1, metric } as const
  const g = createGraph({ ...parameters, selection: 'heuristic' })
  const C = createRanking()
  points.forEach((x, i) => {
    const at = storeRow(g.slots, i, 0, Float32Array.of(x), 0)
    if (i > 0) insertSorted(C, at, distanceBetween(g, 0 as Slot, at))
  })
  return [g, C]
}
const chosen = (R: Ranking): number[] => [...R.slots.subarray(0, R.length)]

test('Algorithm 3 takes the M nearest', () => {
  const [, C] = onALine('l2', 0, 1, 1.5, -2, 7)
  assert.deepEqual(chosen(selectNeighborsSimple(C, 2, createRanking())), [1, 2])
})

test('Algorithm 4 leaves out what is nearer to one chosen before than to q', () => {
  const [g, C] = onALine('l2', 0, 1, 1.5, -2, 7)
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, createRanking())), [1, 3])
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 1, createRanking())), [1])
})

test('alpha keeps a candidate that is not much nearer to one chosen before: here 16 against 25', () => {
  const [g, C] = onALine('l2', 0, 1, 5)
  const R = createRanking()
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, R)), [1])
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, R, 1.5)), [1])
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, R, 1.6)), [1, 2])
})

test('duplicates keep their links', () => {
  const [g, C] = onALine('l2', 0, 0, 0, 0)
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, createRanking())), [1, 2, 3])
})

test('under ip the pruned fill the list up', () => {
  const [g, C] = onALine('ip', 1, 5, 2, 3)
  assert.deepEqual(chosen(selectNeighborsHeuristic(g, C, 4, createRanking())), [1, 3, 2])
})

test('a ranking keeps equal distances in the order they came', () => {
  const ranking = createRanking()
  append(ranking, 4 as Slot, 1)
  insertSorted(ranking, 5 as Slot, 1)
  insertSorted(ranking, 6 as Slot, 0)
  assert.deepEqual(chosen(ranking), [6, 4, 5])
})
