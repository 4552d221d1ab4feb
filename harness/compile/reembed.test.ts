import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ACTIONS,
  CONTROL,
  DELETE,
  modelOf,
  PROBE,
  SEARCH,
  SECOND,
  type Trace,
  UPSERT,
} from '../model/index.ts'
import { fakeDataset } from './dataset.fixture.ts'
import { compile } from './index.ts'
import { placesOf, replay } from './replay.fixture.ts'
import { scenarioOf } from './scenario.fixture.ts'

const dataset = fakeDataset({ revisions: 2, dimensions: [4, 4, 3] })
const MIX = 'phases.main.writes.mix={ insert: 40, update: 20, delete: 40 }'
const IN_PLACE = 'reembed={ style: in-place, rate: 200/s, at: 2s, order: oldest }'
const BLUE_GREEN = 'reembed={ style: blue-green, rate: 200/s, at: 3s, to: 3 }'
const LONG = 'phases.main.for=12s'

const models = ({ ops, meta }: Trace, kind: number) =>
  placesOf({ ops, meta }, kind).map((i) => [ops.at[i]!, ops.model[i]!] as const)
const controls = ({ ops, meta }: Trace) =>
  placesOf({ ops, meta }, CONTROL).map((i) => [
    ACTIONS[ops.action[i]! - 1],
    ops.at[i],
    ops.space[i],
  ])

test('in place: afterwards every live row is of the new model, and none was brought over twice', () => {
  const trace = compile(scenarioOf(MIX, IN_PLACE, LONG), dataset, 1)
  const { spaces } = replay(trace, 2 * SECOND)
  for (const { version } of spaces[0]!.values()) assert.equal(modelOf(version, 2), 2)
})

test('in place: new rows are of the new model from `at` on, rows come in order, evenly', () => {
  const trace = compile(scenarioOf('phases.main.writes.rate=10/s', IN_PLACE, LONG), dataset, 1)
  const { ops } = trace
  const writes = placesOf(trace, UPSERT).map((i) => {
    const row = ops.rows[i]!
    return { at: ops.at[i]!, id: ops.ids[row]!, model: modelOf(ops.versions[row]!, 2) }
  })
  const seen = new Set(Array.from({ length: 500 }, (_, id) => id))
  const moved: typeof writes = []
  for (const write of writes) {
    if (seen.has(write.id)) moved.push(write)
    else assert.equal(write.model, write.at >= 2 * SECOND ? 2 : 1)
    seen.add(write.id)
  }
  assert.deepEqual(
    moved.slice(0, 500).map(({ at, id }) => [at, id]),
    Array.from({ length: 500 }, (_, id) => [2 * SECOND + id * 5_000, id]),
  )
  assert.ok(moved.length > 500, 'rows inserted before `at` follow when they have rested')
})

test('in place: queries change model with the last row, or at once', () => {
  const end = compile(scenarioOf(IN_PLACE, 'phases.main.writes=null'), dataset, 1)
  const last = 2 * SECOND + 499 * 5_000
  for (const [at, model] of models(end, SEARCH)) assert.equal(model, at < last ? 1 : 2)
  const start = compile(scenarioOf(IN_PLACE, 'reembed.queries=start'), dataset, 1)
  for (const [at, model] of models(start, SEARCH)) assert.equal(model, at < 2 * SECOND ? 1 : 2)
})

test('in place: the write is probed as an update', () => {
  const { meta } = compile(
    scenarioOf(IN_PLACE, 'phases.main.writes=null', 'probes={ deadline: 2s, share: 100% }'),
    dataset,
    1,
  )
  assert.deepEqual(meta.probes.probed, { insert: 0, update: 500, delete: 0 })
})

test('blue-green: afterwards both collections hold the same rows, each by its own model and at the same revision', () => {
  const trace = compile(scenarioOf(MIX, BLUE_GREEN, LONG), dataset, 1)
  const { spaces } = replay(trace, 0)
  const [first, second] = spaces as unknown as [
    Map<number, { version: number }>,
    Map<number, { version: number }>,
  ]
  assert.deepEqual(
    [...second.keys()].sort((a, b) => a - b),
    [...first.keys()].sort((a, b) => a - b),
  )
  for (const [id, { version }] of second) {
    assert.equal(modelOf(version, 2), 3)
    assert.equal(version % 2, first.get(id)!.version % 2)
  }
  assert.deepEqual(trace.meta.spaces, [{ model: 1 }, { model: 3 }])
})

test('blue-green: create 2 s before the first backfill write, swap with the last, nothing in the second collection before', () => {
  const trace = compile(scenarioOf(BLUE_GREEN, 'phases.main.writes=null'), dataset, 1)
  assert.deepEqual(controls(trace), [
    ['create', SECOND, 1],
    ['swap', 3 * SECOND + 499 * 5_000, 1],
  ])
  const { ops } = trace
  assert.ok(models(trace, SEARCH).every(([, model]) => model === 0))
  const busy = compile(scenarioOf(BLUE_GREEN, MIX, LONG), dataset, 1)
  const second = [...placesOf(busy, UPSERT), ...placesOf(busy, DELETE)].filter(
    (i) => busy.ops.space[i] === 1,
  )
  assert.ok(second.every((i) => busy.ops.at[i]! > SECOND))
  assert.equal(ops.space.filter((space) => space === 1).length, 502)
})

test('blue-green: a row in the second collection is probed there, as an insert', () => {
  const trace = compile(
    scenarioOf(BLUE_GREEN, 'phases.main.writes=null', 'probes={ deadline: 2s, share: 100% }'),
    dataset,
    1,
  )
  assert.deepEqual(trace.meta.probes.probed, { insert: 500, update: 0, delete: 0 })
  assert.ok(placesOf(trace, PROBE).every((i) => trace.ops.space[i] === 1))
})

test('blue-green: a swap is never due before the last backfill write', () => {
  const early = 'phases.main.control=[{ at: 3s, do: swap }]'
  const trace = compile(scenarioOf(BLUE_GREEN, 'phases.main.writes=null', early), dataset, 1)
  const at = (i: number): number => trace.ops.at[i]!
  const backfill = placesOf(trace, UPSERT).filter((i) => trace.ops.space[i] === 1)
  const [, swap] = controls(trace)
  assert.deepEqual(swap, ['swap', at(backfill.at(-1)!), 1])
})

test('blue-green: controls move create and swap, and drop ends the writes to the first collection', () => {
  const control =
    'phases.main.control=[{ at: 500ms, do: create }, { at: 8s, do: swap }, { at: 9s, do: drop }]'
  const trace = compile(scenarioOf(MIX, BLUE_GREEN, LONG, control), dataset, 1)
  assert.deepEqual(
    controls(trace).map(([action, at]) => [action, at]),
    [
      ['create', 500_000],
      ['swap', 8 * SECOND],
      ['drop', 9 * SECOND],
    ],
  )
  const late = [...placesOf(trace, UPSERT), ...placesOf(trace, DELETE)].filter(
    (i) => trace.ops.at[i]! >= 9 * SECOND,
  )
  assert.ok(late.length > 0 && late.every((i) => trace.ops.space[i] === 1))
  assert.throws(
    () =>
      compile(
        scenarioOf(BLUE_GREEN, LONG, 'phases.main.control=[{ at: 4s, do: drop }]'),
        dataset,
        1,
      ),
    {
      code: 'SCENARIO_DROP',
    },
  )
})

test('one that does not fit is refused with the rate that would', () => {
  const tight = (rate: string) =>
    scenarioOf(`reembed={ style: in-place, rate: ${rate}, at: 5s }`, 'phases.main.writes=null')
  assert.throws(() => compile(tight('50/s'), dataset, 1), {
    code: 'SCENARIO_REEMBED',
    message:
      'The re-embedding does not fit its phases: 250 rows are left when they end; a rate of 101/s would do.',
  })
  assert.ok(compile(tight('101/s'), dataset, 1))
  assert.throws(
    () => compile(scenarioOf('reembed={ style: in-place, rate: 500/s, at: 9s }'), dataset, 1),
    {
      message:
        /no rate would do, for some begin to rest too late: begin earlier, or lengthen the last phase\.$/,
    },
  )
})
