import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backlogOf } from './backlog.ts'
import { type OpLiteral, probe, type RunLiteral, runOf, search, upsert } from './run.fixture.ts'
import { viewOf } from './view.ts'
import { probingOf } from './visibility.ts'

const backlog = (literal: RunLiteral) => {
  const view = viewOf(runOf(literal))
  return backlogOf(probingOf(view), view.trace.meta.phases)!
}

/** A write at `due` that probes miss at `miss` and return at `hit` (ms), as the entries at places `at` and on. */
const seenAt = (at: number, due: number, miss: number, hit: number | null): OpLiteral[] => [
  upsert(due, [[at, 0]]),
  probe(miss, at, [at, 0], []),
  ...(hit === null ? [] : [probe(hit, at, [at, 0], [[at, 0]], { done: hit })]),
]
const phases = [['churn', 0, 4000, true]] as const
const PROBES = { first: 1, growth: 2, deadline: 1e9, cap: 4, watch: 0, repeat: false }

test('writes due and not yet seen, over the probability of being probed: lower curve from L, upper from U', () => {
  const ops = [...seenAt(0, 500, 1500, 2500), ...seenAt(3, 900, 950, 1200)]
  const { curve, max, end } = backlog({
    ops,
    phases,
    scenario: { probes: { ...PROBES, share: 0.5 } },
  })
  assert.deepEqual(curve, [
    [0, 0, 0],
    [1, 2, 4],
    [2, 0, 2],
    [3, 0, 0],
    [4, 0, 0],
  ])
  assert.deepEqual([max, end], [4, 0])
})

test('a run that was cut short has a backlog as far as it is known', () => {
  const ops = [
    ...seenAt(0, 500, 600, 700),
    ...seenAt(3, 1500, 1600, null),
    search(3900, 0, [], null),
  ]
  const { curve, end } = backlog({ ops, phases, history: { closed: false, until: 2100 } })
  assert.deepEqual([curve.map(([t]) => t), end], [[0, 1, 2], 1])
})

test('the maximum is taken at every instant, not only once a second', () => {
  assert.equal(backlog({ ops: seenAt(0, 1100, 1200, 1300), phases }).max, 1)
})

test('what is never seen stays; what is superseded leaves with the next write', () => {
  const never = backlog({ ops: seenAt(0, 500, 600, null), phases })
  assert.equal(never.end, 1)
  const ops = [...seenAt(0, 500, 600, null), upsert(1500, [[0, 1]])]
  const scenario = { probes: { ...PROBES, share: 1 } }
  assert.deepEqual(
    backlog({ ops, phases, scenario }).curve.map(([, , upper]) => upper),
    [0, 1, 0, 0, 0],
  )
})

test('writes that are never seen grow it by what is offered', () => {
  const ops = Array.from({ length: 40 }, (_, i) =>
    seenAt(2 * i, 1000 * i + 500, 1000 * i + 600, null),
  )
  const long = [['churn', 0, 40_000, true]] as const
  const { slope } = backlog({ ops: ops.flat(), phases: long })
  assert.deepEqual([slope.value, slope.low, slope.high], [1, 1, 1])
})

test('it is null where nothing was probed', () => {
  assert.equal(backlog({ ops: [upsert(0, [[1, 0]])], phases }), null)
})
