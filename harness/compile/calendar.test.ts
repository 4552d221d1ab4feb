import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTROL, DELETE, SEARCH, SECOND, UPSERT } from '../model/index.ts'
import { fakeDataset } from './dataset.fixture.ts'
import { compile } from './index.ts'
import { placesOf } from './replay.fixture.ts'
import { scenarioOf } from './scenario.fixture.ts'

const PHASES = `phases=[
  { name: warm-up, for: 2s, measured: false, writes: { rate: 100/s }, searches: { rate: 50/s } },
  { name: one, for: 5s, writes: { rate: 50/s }, control: [{ at: 1s, do: checkpoint }, { at: 4s, do: compact }] },
  { name: two, for: 3s, searches: { rate: 10/s, pick: each, arrivals: even } } ]`
const CHECKPOINTS =
  'checkpoints={ every: 4s, settle: 500ms, rate: 20/s, efforts: [16, 32], rebuildControl: ends }'
/** 20 queries at 2 efforts and 20 a second, after half a second. */
const PAUSE = 2.5 * SECOND
const dataset = fakeDataset()
const trace = compile(scenarioOf(PHASES, CHECKPOINTS), dataset, 1)

test('a checkpoint comes every so often of measured time, and where a control asks for one', () => {
  assert.deepEqual(trace.meta.checkpoints, [
    { phase: 1, from: 3 * SECOND, searches: 3.5 * SECOND, to: 3 * SECOND + PAUSE, rebuild: true },
    {
      phase: 1,
      from: 6 * SECOND + PAUSE,
      searches: 6.5 * SECOND + PAUSE,
      to: 6 * SECOND + 2 * PAUSE,
      rebuild: false,
    },
    {
      phase: 2,
      from: 10 * SECOND + 2 * PAUSE,
      searches: 10.5 * SECOND + 2 * PAUSE,
      to: 10 * SECOND + 3 * PAUSE,
      rebuild: true,
    },
  ])
  assert.deepEqual(
    trace.meta.phases.map(({ name, from, to }) => [name, from, to]),
    [
      ['warm-up', 0, 2 * SECOND],
      ['one', 2 * SECOND, 7 * SECOND + 2 * PAUSE],
      ['two', 7 * SECOND + 2 * PAUSE, 10 * SECOND + 3 * PAUSE],
    ],
  )
  assert.equal(trace.meta.end, 10 * SECOND + 3 * PAUSE)
})

test('nothing but the checkpoint itself is due while it lasts', () => {
  const { ops, meta } = trace
  for (const kind of [UPSERT, DELETE, SEARCH, CONTROL]) {
    for (const i of placesOf(trace, kind)) {
      const own = ops.checkpoint[i]!
      const at = ops.at[i]!
      const during = meta.checkpoints.findIndex(({ from, to }) => at >= from && at < to)
      assert.equal(during, own, `op ${i}`)
    }
  }
})

test('a checkpoint asks every query once per effort, evenly, and marks its beginning', () => {
  const { ops, meta } = trace
  meta.checkpoints.forEach(({ searches, from, phase }, checkpoint) => {
    const places = placesOf(trace, SEARCH).filter((i) => ops.checkpoint[i] === checkpoint)
    assert.deepEqual(
      places.map((i) => [
        ops.at[i],
        ops.query[i],
        ops.effort[i],
        ops.phase[i],
        ops.k[i],
        ops.model[i],
      ]),
      Array.from({ length: 40 }, (_, i) => [
        searches + i * 50_000,
        i % 20,
        i < 20 ? 16 : 32,
        phase,
        10,
        1,
      ]),
    )
    const [mark] = placesOf(trace, CONTROL).filter((i) => ops.checkpoint[i] === checkpoint)
    assert.deepEqual([ops.at[mark!], ops.action[mark!]], [from, 2])
  })
})

test('checkpoints move nothing but time', () => {
  const without = compile(
    scenarioOf(PHASES.replace('{ at: 1s, do: checkpoint }, ', '')),
    dataset,
    1,
  )
  const stretch = (at: number) => at + PAUSE * [3, 6, 10].filter((c) => c * SECOND <= at).length
  for (const kind of [UPSERT, SEARCH]) {
    const bare = placesOf(without, kind)
    const kept = placesOf(trace, kind).filter((i) => trace.ops.checkpoint[i]! < 0)
    assert.deepEqual(
      kept.map((i) => trace.ops.at[i]),
      bare.map((i) => stretch(without.ops.at[i]!)),
    )
    assert.deepEqual(
      kept.map((i) => trace.ops.query[i]),
      bare.map((i) => without.ops.query[i]),
    )
  }
})

test('each asks the queries in turn', () => {
  const { ops } = trace
  const turn = placesOf(trace, SEARCH).filter((i) => ops.phase[i] === 2 && ops.checkpoint[i]! < 0)
  assert.deepEqual(
    turn.map((i) => ops.query[i]),
    Array.from({ length: 30 }, (_, i) => i % 20),
  )
})

test('rebuilds: none, last, ends, all', () => {
  const chosen = (how: string) =>
    compile(scenarioOf(`checkpoints={ every: 2500ms, rebuildControl: ${how} }`), dataset, 1)
      .meta.checkpoints.map(({ rebuild }) => Number(rebuild))
      .join('')
  assert.deepEqual(['none', 'last', 'ends', 'all'].map(chosen), ['0000', '0001', '1001', '1111'])
})

test('probe tokens: a multiple of the search rate, or of what stands in for it', () => {
  const rates = (...sets: string[]) =>
    compile(scenarioOf(...sets), dataset, 1).meta.phases.map(({ probeRate }) => probeRate)
  assert.deepEqual(rates(PHASES, CHECKPOINTS, 'probes={ cap: 200% }'), [100, 100, 20])
  assert.deepEqual(rates('phases.main.searches=null', 'probes={ cap: 200%, deadline: 2s }'), [200])
  assert.deepEqual(rates(), [0])
})
