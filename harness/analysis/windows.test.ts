import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../model/index.ts'
import { remove, runOf, upsert } from './run.fixture.ts'
import { DELETED, viewOf } from './view.ts'
import { windowsOf } from './windows.ts'

const windows = (as?: (version: number) => number) => {
  const ops = [upsert(10, [[0, 1]], { done: 20 }), remove(30, [0], { done: 40 })]
  const { start, version, from, to, op } = windowsOf(
    viewOf(runOf({ ops, preload: 2, revisions: 2 })),
    0,
    as,
  )
  const ofRow = (row: number) =>
    Array.from(version.subarray(start[row]!, start[row + 1]!), (held, i) => {
      const w = start[row]! + i
      return [held, from[w]! / MILLI, to[w]! / MILLI, op[w]]
    })
  return [0, 1, 2].map(ofRow)
}

test('each state of an id has its window, by id; an id that is never there has none', () => {
  assert.deepEqual(windows(), [
    [
      [0, -Infinity, 20, -1],
      [1, 10, 40, 0],
      [DELETED, 30, Infinity, 1],
    ],
    [[0, -Infinity, Infinity, -1]],
    [],
  ])
})

test('versions that count as the same share one window where theirs meet', () => {
  const [rewritten] = windows((version) => Math.min(version, 0))
  assert.deepEqual(rewritten, [
    [0, -Infinity, 40, -1],
    [DELETED, 30, Infinity, 1],
  ])
})
