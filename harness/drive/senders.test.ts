import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type History, MILLI, type Op } from '../model/index.ts'
import { openSession, readHistory, readSamples } from './index.ts'
import { dataset, dir, planOf, played, told } from './session.fixture.ts'
import { control, probe, search, upsert } from './trace.fixture.ts'

/** When op was done, or sent. */
const at = (times: Float64Array, history: History, op: number): number =>
  times[history.op.indexOf(op)]!

test('three senders: every op has one event, not sent before it was due, and the history is in the order of time', async () => {
  const ops: Op[] = Array.from({ length: 120 }, (_, i) => {
    if (i % 3 === 0) return upsert(i, i / 3)
    return i % 3 === 1 ? probe(i, i - 1, (i - 1) / 3, { expect: 'absent' }) : search(i)
  })
  const history = await played({ ...planOf(ops), senders: 3 })
  assert.deepEqual(
    told(history).map(([op, outcome]) => [op, outcome]),
    ops.map((_, op) => [op, 'ok']),
  )
  for (let i = 0; i < history.count; i++) {
    assert.ok(history.sent[i]! >= ops[history.op[i]!]!.at)
    assert.ok(history.done[i]! <= history.until)
  }
  assert.deepEqual(
    [...history.done],
    [...history.done].sort((a, b) => a - b),
  )
  assert.equal(history.closed, true)
})

test('the in-flight cap holds over all senders', async () => {
  const client = { inFlight: 3, timeout: 300 * MILLI }
  const ops = Array.from({ length: 10 }, () => search(0))
  const history = await played({ ...planOf(ops, { hang: true }, { client }), senders: 2 })
  const outcomes = told(history).map(([, outcome, error]) => `${outcome} ${error}`)
  assert.deepEqual(outcomes.sort(), [
    ...Array.from({ length: 7 }, () => 'fail shed'),
    ...Array.from({ length: 3 }, () => 'unknown timeout'),
  ])
})

/** A migration whose backfill is written by the second sender, since a probe keeps writes from the leader. */
const migration = (): Op[] => {
  const follow = (time: number): Op => ({ ...search(time), model: 0 }) as Op
  const backfill = (time: number, id: number): Op => ({ ...upsert(time, id), space: 1 })
  return [
    upsert(0, 1),
    probe(5, 0, 1),
    control(10, 'create', 1),
    follow(20),
    follow(20),
    backfill(1000, 1),
    backfill(1000, 2),
    control(1001, 'swap', 1),
    follow(2500),
    follow(2500),
    control(2600, 'drop', 0),
  ]
}

test('blue-green: every sender opens what the leader creates, the swap waits for backfill sent elsewhere, all follow it', async () => {
  const ops = migration()
  const dimensions = dataset.models.map((one) => one.dimensions)
  const meta = { spaces: [{ model: 1 }, { model: 1 }], dimensions }
  const plan = planOf(ops, { slow: 100 }, { meta })
  const history = await played({ ...plan, senders: 2 })
  const outcomes = told(history)
  assert.deepEqual(
    [0, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((op) => outcomes[op]),
    [0, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((op) => [op, 'ok', undefined]),
  )
  const filled = Math.max(at(history.done, history, 5), at(history.done, history, 6))
  assert.ok(at(history.sent, history, 7) >= filled)
  const spaces = [3, 4, 8, 9].map((op) => history.space[history.op.indexOf(op)])
  assert.deepEqual(spaces, [0, 0, 1, 1])
})

test('each sender has gauges of its own; what they share is told once', async () => {
  const ops = Array.from({ length: 60 }, (_, i) => search(20 * i))
  await played({ ...planOf(ops), senders: 2 })
  const { names } = readSamples(dir)
  for (const sender of [0, 1]) {
    assert.ok(names.includes(`harness.sender.${sender}.busy`))
    assert.ok(names.includes(`harness.sender.${sender}.delay.p99`))
  }
  assert.ok(names.includes('inFlight') && names.includes('harness.cpu'))
})

test('gauges of the engine that cannot be read are told once, with the reason', async () => {
  const reasons: string[] = []
  const ops = Array.from({ length: 7 }, (_, i) => search(600 * i))
  const onStatsFailure = (why: string) => reasons.push(why)
  await played({ ...planOf(ops, { failStats: true }), onStatsFailure })
  assert.deepEqual(reasons, ['no gauges today'])
  const { names, name, value } = readSamples(dir)
  const gauge = names.indexOf('engine.stats.failed: no gauges today')
  assert.ok(gauge >= 0)
  assert.ok(value.findLast((_, i) => name[i] === gauge)! >= 1)
})

test('an interrupted run of two senders is known up to where the first of them stopped sending', async () => {
  const stop = new AbortController()
  const ops = Array.from({ length: 200 }, (_, i) => search(50 * (i + 1)))
  const plan = { ...planOf(ops, { hang: true }), senders: 2, onProgress: () => stop.abort() }
  const history = await played(plan, stop.signal)
  assert.deepEqual([history.closed, history.interrupted], [true, true])
  const answered = new Set(history.op)
  const missing = ops.filter((_, op) => !answered.has(op))
  assert.ok(missing.length > 0 && missing.length < ops.length)
  for (const { at: due } of missing) assert.ok(due > history.until)
})

test('a sender that dies ends the run, with the reason; the history stays readable', async () => {
  // Each sender has a search that is far off: however slow the start, the first one dies with its share still under way.
  const session = await openSession({
    ...planOf([search(0), search(20_000), search(20_000)], { die: true }),
    senders: 2,
  })
  await assert.rejects(session.play(new AbortController().signal), {
    code: 'SENDER_ENDED',
    message: /an event nobody handles/,
  })
  await session.close()
  assert.equal(readHistory(dir).closed, false)
})
