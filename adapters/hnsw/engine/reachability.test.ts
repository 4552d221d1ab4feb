import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGraph, type Graph } from './graph.ts'
import { neighborsOf, setNeighbors } from './links.ts'
import { reachable, relinkUnreachable, unreached } from './reachability.ts'
import { bury, type Slot, storeRow } from './slots.ts'

/** Rows at 0, 1, 2, … on a line with the links given, entered at slot 0; M = 2, so four links on layer 0. */
const linked = (...links: number[][]): Graph => {
  const parameters = { dimensions: 1, m: 2, efConstruction: 8, seed: 1, metric: 'l2' } as const
  const g = createGraph({ ...parameters, selection: 'heuristic' })
  for (const [i, to] of links.entries()) {
    const at = storeRow(g.slots, i, 0, Float32Array.of(i), 0)
    setNeighbors(g.slots, at, 0, Int32Array.from(to), to.length)
  }
  g.entry = 0 as Slot
  return g
}
const lost = (g: Graph): number[] => unreached(g, reachable(g))

test('links lead one way, through tombstones too; a tombstone itself is never missed', () => {
  const g = linked([1], [2], [], [0], [])
  assert.deepEqual(lost(g), [3, 4])
  bury(g.slots, 1)
  bury(g.slots, 3)
  assert.deepEqual(lost(g), [4])
})

test('a row that no way leads to is linked from the nearest that has a place', () => {
  const g = linked([1], [0], [])
  relinkUnreachable(g)
  assert.deepEqual(neighborsOf(g.slots, 1 as Slot, 0), [0, 2])
  assert.deepEqual(lost(g), [])
})

test('where every list is full, only a link that no row depends on gives way', () => {
  const g = linked([1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3], [])
  relinkUnreachable(g)
  assert.deepEqual(lost(g), [])
  assert.deepEqual(neighborsOf(g.slots, 0 as Slot, 0), [1, 2, 3, 4], 'each of these is a branch')
})

test('rows behind a row that is linked again come with it', () => {
  const g = linked([], [2], [3], [])
  relinkUnreachable(g)
  assert.deepEqual(lost(g), [])
  assert.deepEqual(neighborsOf(g.slots, 1 as Slot, 0), [2])
})
