import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type After, MILLI } from '../model/index.ts'
import {
  at0,
  type HitLiteral,
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'

const RIGHT = at0(0, 1)
const HALF = at0(0, 3)

const span = (searches: number) => ({
  phase: 0,
  from: (searches - 50) * MILLI,
  searches: searches * MILLI,
  to: (searches + 100) * MILLI,
  rebuild: true,
})
const checkpoints = [span(100), span(500)]
/** A search of a checkpoint; row i lies at i, k is 2. */
const asked = (checkpoint: number, query: number, hits: readonly HitLiteral[], effort?: number) =>
  search(
    (checkpoint === 0 ? 100 : 500) + query,
    query,
    hits,
    {},
    { checkpoint, ...(effort === undefined ? {} : { effort }) },
  )
/** [checkpoint, rebuild, query, hit ids] */
type Rebuilt = readonly [number, number, number, readonly number[]]
const rebuildsOf = (rebuilt: readonly Rebuilt[]): NonNullable<After['rebuilds']> => {
  const hits = rebuilt.map(([, , , ids]) => ids)
  return {
    count: rebuilt.length,
    checkpoint: Uint32Array.from(rebuilt, ([checkpoint]) => checkpoint),
    rebuild: Uint32Array.from(rebuilt, ([, rebuild]) => rebuild),
    query: Uint32Array.from(rebuilt, ([, , query]) => query),
    effort: new Int32Array(rebuilt.length).fill(-1),
    hits: Uint32Array.from([0, ...hits.map((_, i) => hits.slice(0, i + 1).flat().length)]),
    hitIds: Uint32Array.from(hits.flat()),
    hitVersions: new Int32Array(hits.flat().length),
  }
}
const findings = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) => {
  const run = runOf({ ops, preload: 5, meta: { checkpoints }, ...more })
  const { recall, drift } = truthFindings(viewOf(run), []).whole
  return { checkpoints: recall!.checkpoints, drift: drift! }
}

test('checkpoint recall is over its own searches; its bracket is closed when every write is answered', () => {
  const ops = [
    upsert(10, [[9, 0]]),
    search(50, 0, HALF),
    asked(0, 0, RIGHT),
    asked(0, 1, at0(1, 4)),
  ]
  const ci95 = [null, null]
  const ends = { low: 0.75, high: 0.75 }
  assert.deepEqual(findings(ops).checkpoints, [
    { t: 0.1, turnover: 0.2, ...ends, unanswered: 0, rebuild: null, searches: 2, ci95 },
  ])
})

test('writes that are unknown or unanswered at a checkpoint are counted, and the bracket stays open', () => {
  const ops = [
    remove(10, [0], { outcome: 'unknown' }),
    remove(20, [4], { done: 900 }),
    asked(0, 0, RIGHT),
  ]
  const [checkpoint] = findings(ops).checkpoints
  assert.equal(checkpoint!.unanswered, 2)
  assert.deepEqual([checkpoint!.low, checkpoint!.high], [0.5, 1])
})

test('with several efforts the headline is the scenario’s own, and the rest is a curve', () => {
  const ops = [asked(0, 0, HALF, 16), asked(0, 0, RIGHT, 64), asked(0, 0, at0(3, 4), 32)]
  const headline = (ef: number) =>
    findings(ops, { scenario: { index: { kind: 'hnsw', ef } } }).checkpoints[0]!
  assert.equal(headline(32).low, 0)
  assert.equal(headline(99).low, 1)
  assert.deepEqual(
    headline(32).efforts!.map(({ effort, low, high }) => [effort, low, high]),
    [
      [16, 0.5, 0.5],
      [32, 0, 0],
      [64, 1, 1],
    ],
  )
})

const failed = (checkpoint: number, effort?: number): OpLiteral => ({
  ...asked(checkpoint, 0, [], effort),
  event: { outcome: 'fail' },
})

test('a checkpoint without an answer keeps its place, and its recall is unknown', () => {
  const [first, second, ...more] = findings([failed(0), asked(1, 0, RIGHT)]).checkpoints
  assert.deepEqual([first!.low, first!.high, first!.searches], [null, null, 0])
  assert.deepEqual([second!.low, more.length], [1, 0])
})

test('an effort without an answer stands in the curve, and no other becomes the headline', () => {
  const [checkpoint] = findings([asked(0, 0, RIGHT, 16), failed(0, 64)]).checkpoints
  assert.equal(checkpoint!.low, null)
  assert.deepEqual(
    checkpoint!.efforts!.map(({ effort, low }) => [effort, low]),
    [
      [16, 1],
      [64, null],
    ],
  )
})

test('no other control stands in for the one of the last checkpoint', () => {
  const rebuilds = rebuildsOf([[0, 0, 0, [0, 1]]])
  for (const last of [failed(1), asked(1, 0, HALF)]) {
    const { drift } = findings([asked(0, 0, RIGHT), last], { rebuilds })
    assert.equal(drift.versusRebuild.value, null)
    assert.equal(drift.sinceStart.value, null)
  }
})

test('a rebuild is judged against the rows that were live at the checkpoint', () => {
  const ops = [remove(10, [0]), asked(0, 0, at0(1, 2)), remove(400, [1])]
  const rebuilds = rebuildsOf([[0, 0, 0, [1, 2]]])
  const [checkpoint] = findings(ops, { rebuilds }).checkpoints
  assert.deepEqual(checkpoint!.rebuild, { value: 1, low: null, high: null })
})

test('versusRebuild pairs by query: what both miss is no drift', () => {
  const ops = [asked(1, 0, HALF), asked(1, 1, at0(1, 2)), asked(1, 2, at0(2, 4))]
  const rebuilds = rebuildsOf([
    [1, 0, 0, [0, 3]],
    [1, 0, 1, [1, 0]],
    [1, 0, 2, [2, 4]],
  ])
  const { drift } = findings(ops, { rebuilds })
  assert.deepEqual(drift.versusRebuild, { value: 0, low: 0, high: 0 })
  assert.match(drift.note!, /fewer than 3 rebuilds/)
})

test('versusRebuild is the mean difference with Student’s interval over the queries', () => {
  const ops = [asked(1, 0, HALF), asked(1, 1, at0(1, 2)), asked(1, 2, at0(2, 1))]
  const rebuilds = rebuildsOf([
    [1, 0, 0, [0, 1]],
    [1, 0, 1, [1, 2]],
    [1, 0, 2, [2, 1]],
  ])
  const { value, low, high } = findings(ops, { rebuilds }).drift.versusRebuild
  // differences −0.5, 0, 0: mean −1/6, standard error 1/6, t of 2 degrees of freedom 4.303
  assert.ok(Math.abs(value! + 1 / 6) < 1e-12)
  assert.ok(Math.abs(low! - (-1 / 6 - 4.303 / 6)) < 1e-12)
  assert.ok(Math.abs(high! - (-1 / 6 + 4.303 / 6)) < 1e-12)
})

test('from three rebuilds on their spread widens the interval, and the note is gone', () => {
  const ops = [asked(1, 0, RIGHT), asked(1, 1, at0(1, 2))]
  const rebuilt = (lastMisses: boolean) =>
    rebuildsOf(
      [0, 1, 2].flatMap((rebuild): Rebuilt[] => {
        const misses = lastMisses && rebuild === 2
        return [
          [1, rebuild, 0, misses ? [0, 4] : [0, 1]],
          [1, rebuild, 1, misses ? [1, 4] : [1, 2]],
        ]
      }),
    )
  const equal = findings(ops, { rebuilds: rebuilt(false) }).drift
  assert.deepEqual(equal.versusRebuild, { value: 0, low: 0, high: 0 })
  assert.equal(equal.note, null)
  const [checkpoint] = findings(ops, { rebuilds: rebuilt(true) }).checkpoints
  const { rebuild } = checkpoint!
  assert.ok(Math.abs(rebuild!.value! - 5 / 6) < 1e-12)
  assert.ok(Math.abs(rebuild!.high! - rebuild!.low! - (2 * 4.303) / 6) < 1e-12)
  const { value, low, high } = findings(ops, { rebuilds: rebuilt(true) }).drift.versusRebuild
  // rebuild means 1, 1, 0.5; both queries lose 1/6 on average, so that only the rebuilds differ
  assert.ok(Math.abs(value! - 1 / 6) < 1e-12)
  assert.ok(Math.abs(high! - low! - (2 * 4.303) / 6) < 1e-12)
})

test('sinceStart subtracts the same difference taken at the first checkpoint', () => {
  const ops = [0, 1].flatMap((checkpoint) => [
    asked(checkpoint, 0, checkpoint === 0 ? RIGHT : HALF),
    asked(checkpoint, 1, at0(1, 2)),
  ])
  const rebuilds = rebuildsOf(
    [0, 1].flatMap((checkpoint): Rebuilt[] => [
      [checkpoint, 0, 0, [0, 3]],
      [checkpoint, 0, 1, [1, 2]],
    ]),
  )
  const { drift } = findings(ops, { rebuilds })
  assert.equal(drift.versusRebuild.value, 0)
  assert.equal(drift.sinceStart.value, -0.25)
})

test('an open checkpoint widens versusRebuild by its bracket', () => {
  const ops = [remove(10, [0], { outcome: 'unknown' }), asked(1, 0, RIGHT), asked(1, 5, at0(4, 3))]
  const rebuilds = rebuildsOf([
    [1, 0, 0, [0, 1]],
    [1, 0, 5, [4, 3]],
  ])
  const { value, low, high } = findings(ops, { rebuilds }).drift.versusRebuild
  assert.equal(value, -0.125)
  assert.ok(low! < -0.25 && high === 0)
})

test('an open first checkpoint widens sinceStart too', () => {
  const ops = [
    remove(10, [0], { done: 300 }),
    asked(0, 0, RIGHT),
    asked(0, 5, at0(4, 3)),
    asked(1, 0, at0(1, 2)),
    asked(1, 5, at0(4, 3)),
  ]
  const rebuilds = rebuildsOf([
    [0, 0, 0, [0, 1]],
    [0, 0, 5, [4, 3]],
    [1, 0, 0, [1, 2]],
    [1, 0, 5, [4, 3]],
  ])
  const { value, low, high } = findings(ops, { rebuilds }).drift.sinceStart
  // query 0 had 0.5 … 1 at the start against 1 of its rebuild, and has no difference at the end
  assert.equal(value, 0.125)
  assert.equal(low, 0)
  assert.ok(high! > 0.25)
})

test('without a control drift is not separated from data change', () => {
  const { drift } = findings([asked(0, 0, RIGHT)])
  assert.deepEqual(drift.versusRebuild, { value: null, low: null, high: null })
  assert.equal(drift.note, 'drift not separated from data change')
})
