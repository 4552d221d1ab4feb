import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND } from '../model/index.ts'
import { foreground, liveRecall, recallBins } from './recall.ts'
import {
  at0,
  control,
  type HitLiteral,
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { viewOf } from './view.ts'

/** Row i lies at i on a line, query q at q; rows 0 … 4 are preloaded; k is 2. */
const judge = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) =>
  judgeSearches(viewOf(runOf({ ops, preload: 5, ...more })), [])
/** Low and high of the first search. */
const bracket = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = {}) => {
  const { low, high } = judge(ops, more)
  return [low[0], high[0]]
}

test('an answer with every true neighbour has recall 1, a missed one costs its share', () => {
  assert.deepEqual(bracket([search(0, 0, at0(0, 1))]), [1, 1])
  assert.deepEqual(bracket([search(0, 0, at0(1, 0))]), [1, 1])
  assert.deepEqual(bracket([search(0, 0, at0(0, 2))]), [0.5, 0.5])
})

test('an insert in flight is neither required nor penalised', () => {
  const insert = upsert(0, [[5, 0]], { done: 100 })
  assert.deepEqual(bracket([insert, search(10, 5, at0(4, 3))]), [0.5, 1])
  assert.deepEqual(bracket([insert, search(10, 5, at0(5, 4))]), [0.5, 1])
  assert.deepEqual(bracket([insert, search(200, 5, at0(4, 3))]), [0.5, 0.5])
  assert.deepEqual(bracket([search(0, 5, at0(4, 3)), upsert(10, [[5, 0]])]), [1, 1])
})

test('a delete in flight is neither required nor penalised', () => {
  const removal = remove(0, [0], { done: 100 })
  assert.deepEqual(bracket([removal, search(10, 0, at0(0, 1))]), [0.5, 1])
  assert.deepEqual(bracket([removal, search(10, 0, at0(1, 2))]), [0.5, 1])
  assert.deepEqual(bracket([removal, search(200, 0, at0(0, 1))]), [0.5, 0.5])
})

test('a delete that is sent and answered while a search runs may or may not have been seen', () => {
  const during = remove(10, [0], { done: 20 })
  assert.deepEqual(bracket([search(0, 0, at0(0, 1), { done: 50 }), during]), [0.5, 1])
  assert.deepEqual(bracket([search(0, 0, at0(1, 2), { done: 50 }), during]), [0.5, 1])
})

test('an unknown write stays possible for ever; a failed one never was', () => {
  const late = [search(900, 5, at0(4, 3)), search(901, 5, at0(5, 4))]
  const lost = judge([upsert(0, [[5, 0]], { outcome: 'unknown' }), ...late])
  assert.deepEqual([...lost.low, ...lost.high], [0.5, 0.5, 1, 1])
  const failed = judge([upsert(0, [[5, 0]], { outcome: 'fail' }), ...late])
  assert.deepEqual([...failed.low, ...failed.high], [1, 0.5, 1, 0.5])
})

test('while an update is in flight the old place and the new are right; after it the old one is not', () => {
  const vectors = [
    [
      [0, 0],
      [1, 0],
      [9, 0],
      [9, 0],
      [8, 0],
      [9, 0],
    ],
  ]
  const more = { vectors, revisions: 2, preload: 3 }
  const update = upsert(0, [[1, 1]], { done: 100 })
  const asked = (at: number, hits: readonly HitLiteral[]) =>
    bracket([update, search(at, 0, hits)], more)
  assert.deepEqual(
    asked(10, [
      [0, 0],
      [1, 0],
    ]),
    [0.5, 1],
  )
  assert.deepEqual(
    asked(10, [
      [0, 0],
      [1, 1],
    ]),
    [0.5, 1],
  )
  assert.deepEqual(
    asked(200, [
      [0, 0],
      [1, 0],
    ]),
    [0.5, 0.5],
  )
  assert.deepEqual(
    asked(200, [
      [0, 0],
      [1, 1],
    ]),
    [1, 1],
  )
})

test('a hit without a version stands for whatever version its id has', () => {
  assert.deepEqual(bracket([upsert(0, [[1, 1]]), search(10, 0, [0, 1])], { revisions: 2 }), [1, 1])
})

test('ties at the n-th distance are not punished', () => {
  assert.deepEqual(bracket([search(0, 2, at0(2, 1))]), [1, 1])
  assert.deepEqual(bracket([search(0, 2, at0(2, 3))]), [1, 1])
  assert.deepEqual(bracket([search(0, 2, at0(1, 3))]), [0.5, 0.5])
})

test('distances that differ by less than ε are ties', () => {
  const vectors = [
    [
      [1, 0],
      [-1.0000001, 0],
      [-1.001, 0],
    ],
  ]
  const asked = (id: number) =>
    bracket([search(0, 0, at0(id))], { vectors, preload: 3, scenario: { k: 1, preload: 3 } })
  assert.deepEqual([asked(0), asked(1), asked(2)].flat(), [1, 1, 1, 1, 0, 0])
})

test('an answer is cut to k, then each row counts once', () => {
  assert.deepEqual(bracket([search(0, 0, at0(3, 4, 0, 1))]), [0, 0])
  assert.deepEqual(bracket([search(0, 0, at0(0, 0, 1))]), [0.5, 0.5])
})

test('where fewer than k rows are live all of them are asked for; of an empty collection nothing', () => {
  assert.deepEqual(bracket([search(0, 0, at0(0))], { preload: 1 }), [1, 1])
  assert.deepEqual(bracket([search(0, 0, [])], { preload: 1 }), [0, 0])
  assert.deepEqual(bracket([search(0, 0, [])], { preload: 0 }), [1, 1])
  const removal = remove(0, [0], { done: 100 })
  assert.deepEqual(bracket([removal, search(10, 0, [])], { preload: 1 }), [0, 1])
})

test('an answer is short if it has fewer rows than k and than ids surely live', () => {
  assert.deepEqual([...judge([search(0, 0, at0(0))]).short], [1])
  assert.deepEqual([...judge([search(0, 0, at0(0, 1))]).short], [0])
  assert.deepEqual([...judge([search(0, 0, at0(0))], { preload: 1 }).short], [0])
  const removal = remove(0, [1], { done: 100 })
  assert.deepEqual([...judge([removal, search(9, 0, at0(0))], { preload: 2 }).short], [0])
  const update = upsert(0, [[1, 1]], { done: 100 })
  const updated = judge([update, search(9, 0, at0(0))], { preload: 2, revisions: 2 })
  assert.deepEqual([...updated.short], [1])
})

test('only ok searches have recall', () => {
  const table = judge([
    search(0, 0, at0(0, 1)),
    search(1, 0, [], { outcome: 'fail' }),
    search(2, 0, [], { outcome: 'unknown' }),
  ])
  assert.equal(table.count, 1)
})

test('a ranking goes deeper where the nearest rows are all gone', () => {
  const rows = 3_000
  const line = Array.from({ length: rows }, (_, i) => [i, 0])
  const gone = Array.from({ length: 2_990 }, (_, i) => i)
  const ops = [remove(0, gone), search(10, 0, at0(2_990, 2_992))]
  assert.deepEqual(bracket(ops, { vectors: [line], preload: rows }), [0.5, 0.5])
})

const blueGreen: Partial<RunLiteral> = {
  preload: 3,
  vectors: [
    [
      [0, 0],
      [1, 0],
      [5, 0],
    ],
    [
      [5, 0],
      [1, 0],
      [0, 0],
    ],
  ],
  queries: [[[0, 0]], [[0, 0]]],
  meta: { spaces: [{ model: 1 }, { model: 2 }], dimensions: [2, 2] },
}
const filled = upsert(
  0,
  [
    [0, 1],
    [1, 1],
    [2, 1],
  ],
  {},
  { space: 1 },
)
const green: readonly HitLiteral[] = [
  [2, 1],
  [1, 1],
]
/** A search that follows the alias, and where it was sent. */
const followed = (at: number, hits: readonly HitLiteral[], space: number) =>
  search(at, 0, hits, { space, model: 1, done: at + 10 }, { model: 0 })

test('a search in flight during the swap may be right for either collection', () => {
  const swap = control(100, 'swap', { done: 120 }, { space: 1 })
  const during = (hits: readonly HitLiteral[]) =>
    bracket([filled, swap, followed(95, hits, 0)], blueGreen)
  assert.deepEqual(during(at0(0, 1)), [0, 1])
  assert.deepEqual(during(green), [0, 1])
  assert.deepEqual(
    during([
      [1, 0],
      [2, 1],
    ]),
    [0.5, 0.5],
  )
  assert.deepEqual(bracket([filled, swap, followed(50, green, 0)], blueGreen), [0, 0])
  assert.deepEqual(bracket([filled, swap, search(110, 0, green)], blueGreen), [0, 0])
  assert.deepEqual(bracket([filled, swap, followed(130, green, 1)], blueGreen), [1, 1])
})

test('a swap that was never answered leaves the alias in doubt for ever; one that failed does not', () => {
  const after = (outcome: 'unknown' | 'fail') =>
    bracket(
      [filled, control(100, 'swap', { outcome }, { space: 1 }), followed(900, green, 0)],
      blueGreen,
    )
  assert.deepEqual(after('unknown'), [0, 1])
  assert.deepEqual(after('fail'), [0, 0])
})

test('a swap that was under way when the run was killed leaves the alias in doubt from its due instant on', () => {
  const killed = { ...blueGreen, history: { closed: false, until: 200 } }
  const swap = control(100, 'swap', null, { space: 1 })
  assert.deepEqual(bracket([filled, swap, followed(120, green, 0)], killed), [0, 1])
  assert.deepEqual(bracket([filled, swap, followed(50, green, 0)], killed), [0, 0])
})

test('live recall is the mean over foreground searches of the phases asked for; bins are seconds', () => {
  const ops = [
    search(0, 0, at0(3, 4), {}, { phase: 0 }),
    search(1_100, 0, at0(0, 1), {}, { phase: 1 }),
    remove(1_200, [4]),
    search(1_900, 0, at0(0), {}, { phase: 1 }),
    search(2_500, 0, at0(0, 2), {}, { phase: 1 }),
    search(2_600, 0, at0(3, 4), {}, { phase: 1, checkpoint: 0 }),
  ]
  const phases = [
    ['warm-up', 0, 1_000, false],
    ['churn', 1_000, 3_000, true],
  ] as const
  const view = viewOf(runOf({ ops, preload: 5, phases }))
  const table = judgeSearches(view, [])
  const members = foreground(view, table, (phase) => phase === 1)
  const ci95 = [null, null]
  const ends = { low: 2 / 3, high: 2 / 3 }
  const live = { ...ends, searches: 3, short: 1, queries: 1, ci95 }
  assert.deepEqual(liveRecall(table, members), live)
  const bins = recallBins(table, members, (at) => at / SECOND)
  assert.deepEqual(bins, [
    { t: 1, turnover: 1.5, low: 0.75, high: 0.75, searches: 2, ci95 },
    { t: 2, turnover: 2.5, low: 0.5, high: 0.5, searches: 1, ci95 },
  ])
})
