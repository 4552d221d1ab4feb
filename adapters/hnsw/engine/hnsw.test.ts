import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHnsw, type Hnsw, type Metric } from './index.ts'
import { apply, checkHits, type Operation, type Oracle, operation } from './programs.fixture.ts'

const METRICS = ['l2', 'cosine', 'ip'] as const
const create = (metric: Metric, dimensions: number, kind?: 'exact', m = 4, hot = 0): Hnsw =>
  createHnsw(
    { dimensions, metric, m, efConstruction: 4 * m, seed: 1, selection: 'heuristic', hot },
    kind,
  )

for (const metric of METRICS) {
  for (const [dimensions, m] of [
    [1, 2],
    [3, 4],
    [5, 16],
    [17, 64],
  ] as const) {
    test(`any program of operations agrees with a map (${metric}, ${dimensions} dimensions, M ${m})`, () => {
      fc.assert(
        fc.property(fc.array(operation(dimensions), { maxLength: 150, size: 'max' }), (program) => {
          const index = create(metric, dimensions, undefined, m)
          const rows: Oracle = new Map()
          program.forEach((o, version) => {
            apply(index, rows, metric, o, version)
          })
        }),
        { numRuns: 60 },
      )
    })
  }
}

for (const hot of [1, 4, 32]) {
  test(`rows of a hot tier of ${hot} are found like any others, and are linked in the end`, () => {
    fc.assert(
      fc.property(fc.array(operation(3), { maxLength: 150, size: 'max' }), (program) => {
        const index = create('l2', 3, undefined, 4, hot)
        const rows: Oracle = new Map()
        program.forEach((o, version) => {
          apply(index, rows, 'l2', o, version)
          assert.ok(index.stats().hot <= hot)
        })
        while (index.linkOne());
        assert.equal(index.stats().hot, 0)
        checkHits(index.search(Float32Array.of(0, 0, 0), 31, 31), rows, 'l2', [0, 0, 0], 31)
        for (const _ of index.compaction());
        assert.equal(index.shape().unreachable, 0)
      }),
      { numRuns: 60 },
    )
  })
}

test('compaction lets anything come between its steps', () => {
  const dimensions = 3
  fc.assert(
    fc.property(
      fc.array(operation(dimensions), { maxLength: 80, size: 'max' }),
      fc.array(operation(dimensions), { maxLength: 80, size: 'max' }),
      (before, during) => {
        const index = create('l2', dimensions)
        const rows: Oracle = new Map()
        const perform = (o: Operation, version: number) => {
          if (o.do !== 'compact') apply(index, rows, 'l2', o, version)
        }
        before.forEach(perform)
        let next = 0
        for (const _ of index.compaction()) {
          for (const o of during.slice(next, next + 3)) perform(o, before.length + next++)
        }
        // What a write cut off behind the walk waits for the next one.
        for (const _ of index.compaction());
        assert.equal(index.shape().unreachable, 0)
        during.slice(next).forEach((o, i) => {
          perform(o, before.length + next + i)
        })
      },
    ),
    { numRuns: 100 },
  )
})

test('an empty index answers with nothing', () => {
  const index = create('l2', 2)
  assert.equal(index.search(Float32Array.of(1, 2), 5, 10).ids.length, 0)
  assert.equal(index.exact(Float32Array.of(1, 2), 5).ids.length, 0)
  assert.deepEqual(index.stats(), {
    live: 0,
    tombstones: 0,
    hot: 0,
    layers: 0,
    bytes: index.stats().bytes,
    scans: 0,
    grown: 0,
    segments: 1,
  })
  for (const _ of index.compaction());
})

test('all deleted, then inserted again', () => {
  const index = create('l2', 1)
  for (let id = 0; id < 200; id++) index.upsert(id, 0, Float32Array.of(id))
  for (let id = 0; id < 200; id++) index.delete(id)
  assert.equal(index.search(Float32Array.of(7), 5, 10).ids.length, 0)
  for (let id = 0; id < 200; id++) index.upsert(id, 1, Float32Array.of(id))
  assert.equal(index.stats().tombstones, 0, 'where nothing lived, the graph began anew')
  const { ids, versions } = index.search(Float32Array.of(7), 1, 10)
  assert.deepEqual([[...ids], [...versions]], [[7], [1]])
})

test('three hundred equal vectors: all are found', () => {
  for (const metric of METRICS) {
    const index = create(metric, 3)
    for (let id = 0; id < 300; id++) index.upsert(id, id, Float32Array.of(1, 2, 3))
    assert.equal(new Set(index.search(Float32Array.of(1, 2, 3), 300, 300).ids).size, 300)
  }
})

test('equal writes and equal seeds give equal answers; kind exact measures every row', () => {
  const [a, b, c] = [create('l2', 2), create('l2', 2), create('l2', 2, 'exact')]
  for (const index of [a, b, c]) {
    for (let id = 0; id < 500; id++) index.upsert(id, 0, Float32Array.of(id % 23, id % 17))
    for (let id = 0; id < 500; id += 3) index.delete(id)
  }
  const q = Float32Array.of(3.2, 5.1)
  assert.deepEqual(a.search(q, 10, 12), b.search(q, 10, 12))
  assert.deepEqual(c.search(q, 10, 12).distances, a.exact(q, 10).distances)
  assert.equal(c.shape().meanDegree, 0)
  for (const _ of c.compaction());
  assert.equal(c.stats().tombstones, 0)
  assert.deepEqual(c.search(q, 10, 12).distances, a.exact(q, 10).distances)
})
