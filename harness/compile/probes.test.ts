import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ABSENT, DELETE, PRESENT, PROBE, SECOND, type Trace, UPSERT } from '../model/index.ts'
import { fakeDataset } from './dataset.fixture.ts'
import { compile } from './index.ts'
import { placesOf } from './replay.fixture.ts'
import { scenarioOf } from './scenario.fixture.ts'

const dataset = fakeDataset({ revisions: 3 })
const MIX = 'phases.main.writes.mix={ insert: 40, update: 30, delete: 30 }'
const PROBES = 'probes={ share: 30%, first: 1ms, growth: 1.2, deadline: 2s, watch: 20% }'
const trace = compile(scenarioOf(MIX, PROBES, 'k=3'), dataset, 1)
const { ops, meta } = trace

/** The rungs of each written row, by op and id, in order of time. */
const laddersOf = (of: Trace): number[][] => [
  ...Map.groupBy(
    placesOf(of, PROBE),
    (i) => `${of.ops.of[i]} ${of.ops.ids[of.ops.rows[i]!]}`,
  ).values(),
]
const ladders = laddersOf(trace)
const age = (i: number) => ops.at[i]! - ops.at[ops.of[i]!]!

test('a probe belongs to a write of its row, in its space and phase, at the version written', () => {
  for (const i of placesOf(trace, PROBE)) {
    const of = ops.of[i]!
    const row = ops.rows[i]!
    assert.equal(ops.rows[i + 1]! - row, 1)
    const written = ops.ids.subarray(ops.rows[of]!, ops.rows[of + 1]!)
    assert.ok(written.includes(ops.ids[row]!))
    assert.deepEqual([ops.space[i], ops.phase[i], ops.k[i]], [ops.space[of], ops.phase[of], 3])
    if (ops.kind[of] === UPSERT) assert.equal(ops.versions[row], ops.versions[ops.rows[of]!])
    assert.equal(ops.expect[i], ops.kind[of] === DELETE && age(i) >= 0 ? ABSENT : PRESENT)
  }
})

test('rungs lie at first·growth^(i + u) up to the deadline', () => {
  const phases: number[] = []
  for (const ladder of ladders) {
    const ages = ladder.map(age).filter((t) => t >= 0)
    const u = Math.log(ages[0]! / 1_000) / Math.log(1.2)
    assert.ok(u > -0.01 && u < 1)
    phases.push(u)
    ages.forEach((t, i) => {
      assert.ok(Math.abs(t - ages[0]! * 1.2 ** i) <= 1.2 ** i + 1, `rung ${i}`)
    })
    assert.ok(ages.at(-1)! <= 2 * SECOND && ages.at(-1)! * 1.2 > 2 * SECOND - 50)
  }
  const mean = phases.reduce((a, b) => a + b) / phases.length
  assert.ok(Math.abs(mean - 0.5) < 5 / Math.sqrt(12 * phases.length), `${mean}`)
})

test('every kind of write is drawn with the same probability, and counted', () => {
  const { probed, ineligible } = meta.probes
  assert.deepEqual(ineligible, { insert: 0, update: 0, delete: 0 })
  assert.equal(probed.insert + probed.update + probed.delete, ladders.length)
  const writes = placesOf(trace, UPSERT).length + placesOf(trace, DELETE).length
  assert.ok(Math.abs(ladders.length - 0.3 * writes) < 5 * Math.sqrt(0.21 * writes))
  assert.ok(
    Math.abs(probed.delete - 0.3 * placesOf(trace, DELETE).length) < 5 * Math.sqrt(0.21 * 300),
  )
})

test('a larger share probes the same rows at the same instants, and more', () => {
  const key = (of: Trace) =>
    new Set(
      laddersOf(of).map(
        (ladder) => `${of.ops.at[of.ops.of[ladder[0]!]!]} ${of.ops.at[ladder.at(-1)!]}`,
      ),
    )
  const more = key(compile(scenarioOf(MIX, PROBES, 'probes.share=60%'), dataset, 1))
  for (const row of key(trace)) assert.ok(more.has(row))
})

test('a probed delete is asked for once before it is due, where the row was there by then', () => {
  for (const ladder of ladders.filter(([i]) => ops.kind[ops.of[i!]!] === DELETE)) {
    const early = ladder.filter((i) => age(i) < 0)
    assert.equal(early.length, 1)
    const due = ops.at[ops.of[ladder[0]!]!]!
    assert.ok(
      -age(early[0]!) <= Math.min(2 * SECOND, due) &&
        -age(early[0]!) >= Math.min(SECOND, Math.floor(due / 2)),
    )
  }
})

test('watch is one bit a row, exact a share of late rungs, perturb never 0 unless asked to repeat', () => {
  for (const ladder of ladders) assert.equal(new Set(ladder.map((i) => ops.watch[i])).size, 1)
  const watched = ladders.filter(([i]) => ops.watch[i!] === 1).length
  assert.ok(Math.abs(watched - 0.2 * ladders.length) < 5 * Math.sqrt(0.16 * ladders.length))
  const rungs = placesOf(trace, PROBE)
  const late = rungs.filter((i) => age(i) >= 200_000 && ops.expect[i] === PRESENT)
  const asked = rungs.filter((i) => ops.exact[i] === 1)
  assert.ok(asked.every((i) => age(i) >= 199_999 && ops.expect[i] === PRESENT))
  assert.ok(Math.abs(asked.length - 0.2 * late.length) < 5 * Math.sqrt(0.16 * late.length))
  assert.ok(rungs.every((i) => ops.perturb[i] !== 0))
  const repeated = compile(scenarioOf(MIX, PROBES, 'probes.repeat=true'), dataset, 1)
  assert.ok(placesOf(repeated, PROBE).every((i) => repeated.ops.perturb[i] === 0))
})

test('ladders run past the last phase', () => {
  assert.ok(ops.at.at(-1)! > meta.end)
})
