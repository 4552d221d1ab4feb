import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI, NONE } from '../../model/index.ts'
import { probe, remove, traceOf, upsert } from '../trace.fixture.ts'
import { rungsOf } from './rungs.ts'

test('ladders are numbered by write, and know the next write of their id', () => {
  const ops = [
    upsert(0, 5, 6, 7),
    upsert(1, 8),
    probe(2, 1, 8),
    probe(3, 0, 7),
    probe(3, 0, 5),
    remove(4, 7),
  ]
  const { ladders, ladder, write, probes, superseded, others } = rungsOf(traceOf(ops).ops)
  assert.equal(ladders, 3)
  assert.deepEqual([...ladder], [0, 2, 2, 1, 0, NONE])
  assert.deepEqual([...write], [0, 0, 1])
  assert.deepEqual([...probes], [1, 1, 1])
  assert.deepEqual([...superseded], [Number.POSITIVE_INFINITY, 4 * MILLI, Number.POSITIVE_INFINITY])
  assert.equal(others, 6)
})
