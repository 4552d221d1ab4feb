import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGraph, type Graph } from './graph.ts'
import { insert } from './insert.ts'
import { neighborsOf } from './links.ts'
import { bury, NOWHERE, type Slot, storeRow } from './slots.ts'

/** M = 2: two links for a new row, four at most on layer 0. */
const empty = (): Graph => {
  const parameters = { dimensions: 1, m: 2, efConstruction: 8, seed: 1, metric: 'l2' } as const
  return createGraph({ ...parameters, selection: 'heuristic' })
}
const put = (g: Graph, x: number, level = 0): Slot => {
  const at = storeRow(g.slots, g.slots.used, 0, Float32Array.of(x), level)
  insert(g, at)
  return at
}
const links = (g: Graph, at: number, lc = 0): number[] => neighborsOf(g.slots, at as Slot, lc)

test('the first row is the entry point; links go both ways', () => {
  const g = empty()
  assert.equal(g.entry, NOWHERE)
  put(g, 0)
  put(g, 5)
  assert.deepEqual([g.entry, links(g, 0), links(g, 1)], [0, [1], [0]])
})

test('a row that reaches higher becomes the entry point, linked on the layers that were there', () => {
  const g = empty()
  put(g, 0, 1)
  put(g, 1, 3)
  assert.equal(g.entry, 1)
  assert.deepEqual([links(g, 1, 0), links(g, 1, 1), links(g, 1, 2)], [[0], [0], []])
})

test('of more than 2M links the heuristic keeps those that lead apart', () => {
  const g = empty()
  put(g, 0)
  for (const x of [1, -1, 2, -2, 3, -3, 0.5]) put(g, x)
  assert.ok(g.slots.used === 8 && links(g, 0).length <= 4)
  assert.ok(links(g, 0).includes(7), 'the nearest stays')
})

test('dead rows are walked through, never linked to', () => {
  const g = empty()
  for (const x of [0, 1, 2]) put(g, x)
  bury(g.slots, 1)
  put(g, 1.1)
  assert.deepEqual(links(g, 3).sort(), [0, 2])
})

test('where the links lead to dead rows alone, the neighbours are found by measuring all', () => {
  const g = empty()
  put(g, 0)
  storeRow(g.slots, 1, 0, Float32Array.of(9), 0)
  bury(g.slots, 0)
  put(g, 1)
  assert.deepEqual([links(g, 2), links(g, 1)], [[1], [2]])
})
