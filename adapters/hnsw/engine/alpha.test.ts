import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../../harness/model/rng.ts'
import { ALPHA } from './consolidate.ts'
import { createHnsw, type Hnsw, type Metric } from './index.ts'

const DIMENSIONS = 8
const ROWS = 1400
/** Of so many bytes, a segment holds a part of them. */
const PART = 5 * 65_536

/** An index every other of whose rows was deleted, and that was then compacted. */
const compacted = (metric: Metric, alpha?: number, segmentBytes?: number): Hnsw => {
  const parameters = { dimensions: DIMENSIONS, metric, m: 8, efConstruction: 32, seed: 1 }
  const index = createHnsw({ ...parameters, selection: 'heuristic', alpha, segmentBytes })
  const rng = stream(1, 'alpha', metric)
  for (let id = 0; id < ROWS; id++) {
    index.upsert(
      id,
      0,
      Float32Array.from({ length: DIMENSIONS }, () => rng.normal()),
    )
  }
  for (let id = 0; id < ROWS; id += 2) index.delete(id)
  for (const _ of index.compaction());
  return index
}

for (const metric of ['l2', 'cosine', 'ip'] as const) {
  test(`a larger alpha leaves more links; without one, it is the default of the metric (${metric})`, () => {
    const degrees = [1, 1.3, 2].map((alpha) => compacted(metric, alpha).shape().meanDegree)
    assert.ok(degrees[0]! < degrees[1]! && degrees[1]! < degrees[2]!, `${degrees}`)
    assert.deepEqual(compacted(metric).image(), compacted(metric, ALPHA[metric]).image())
  })
}

test('every segment has it', () => {
  const [narrow, wide] = [1, 2].map((alpha) => compacted('l2', alpha, PART))
  const pairs = narrow!.image().map((segment, i) => [segment, wide!.image()[i]])
  assert.ok(pairs.length > 2, `${pairs.length}`)
  for (const [one, other] of pairs) assert.notDeepEqual(one, other)
})

test('one that is no number from 1 to 2 is refused by name', () => {
  for (const alpha of [0.9, 2.1, Number.NaN, Number.POSITIVE_INFINITY, 'x', '1.5', null]) {
    assert.throws(() => compacted('l2', alpha as number), {
      name: 'RangeError',
      message: `hnsw: alpha is ${alpha}, not a number from 1 to 2`,
    })
  }
})
