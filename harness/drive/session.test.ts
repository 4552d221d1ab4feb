import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI, SECOND, VIA_EXACT } from '../model/index.ts'
import { openSession, readAfter, readHistory, readSamples } from './index.ts'
import { dataset, dir, hitsOf, planOf, played, told } from './session.fixture.ts'
import { probe, remove, search, upsert } from './trace.fixture.ts'

test('every op has one event, sent not before it was due, answered not before it was sent', async () => {
  const ops = Array.from({ length: 200 }, (_, i) => (i % 2 ? search(i) : upsert(i, i / 2)))
  const history = await played(planOf(ops))
  assert.deepEqual(
    told(history),
    ops.map((_, op) => [op, 'ok', undefined]),
  )
  for (let i = 0; i < history.count; i++) {
    assert.ok(history.sent[i]! >= ops[history.op[i]!]!.at)
    assert.ok(history.done[i]! >= history.sent[i]!)
    assert.ok(history.done[i]! <= history.until)
  }
  assert.equal(history.closed, true)
  assert.equal(history.interrupted, false)
})

test('a search returns what was written and not what was deleted, nearest first', async () => {
  const { trace, ...plan } = planOf([remove(0, 3), search(200, 1)])
  const preloaded = { ...trace, meta: { ...trace.meta, preload: 10 } }
  const history = await played({ ...plan, trace: preloaded })
  const { vectors, queries } = dataset.models[0]!
  const query = queries.at(1).slice()
  const distance = (id: number): number => {
    const vector = vectors.at(id)
    return query.reduce((sum, x, i) => sum + (x - vector[i]!) ** 2, 0)
  }
  const expected = [0, 1, 2, 4, 5, 6, 7, 8, 9].sort((a, b) => distance(a) - distance(b)).slice(0, 3)
  assert.deepEqual(hitsOf(history, 1), expected)
})

test('a rejected write is unknown unless its error says fail; refused rows are named', async () => {
  const ops = [upsert(0, 1, 2, 3), remove(1, 4)]
  assert.deepEqual(told(await played(planOf(ops, { reject: 'nothing' }))), [
    [0, 'unknown', 'connection reset'],
    [1, 'unknown', 'connection reset'],
  ])
  assert.deepEqual(told(await played(planOf(ops, { reject: 'unknown' })))[0], [
    0,
    'unknown',
    'reset',
  ])
  assert.deepEqual(told(await played(planOf(ops, { reject: 'fail' })))[0], [0, 'fail', 'disk full'])
  const half = await played(planOf(ops, { refuse: true }))
  assert.deepEqual(told(half), [
    [0, 'unknown', 'some rows were refused'],
    [1, 'ok', undefined],
  ])
  assert.deepEqual([...half.refusedIds], [1, 3])
})

test('a rejected or senseless answer to a search is a failure', async () => {
  assert.deepEqual(told(await played(planOf([search(0)], { failSearches: true }))), [
    [0, 'fail', 'index is gone'],
  ])
  const [[, outcome, error] = []] = told(await played(planOf([search(0)], { malformed: true })))
  assert.equal(outcome, 'fail')
  assert.match(error!, /malformed answer: the id of a hit is seven/)
})

test('what is not answered in time is unknown, whether the engine hears the signal or not', async () => {
  const client = { timeout: 50 * MILLI }
  assert.deepEqual(told(await played(planOf([search(0)], { hang: true }, { client }))), [
    [0, 'unknown', 'timeout'],
  ])
  assert.deepEqual(told(await played(planOf([upsert(0, 1)], { hangWrites: true }, { client }))), [
    [0, 'unknown', 'timeout'],
  ])
})

test('an answer after the time-out is ignored: one event, unknown', async () => {
  const client = { timeout: 20 * MILLI }
  const late = await played(planOf([search(0), search(300)], { slow: 100 }, { client }))
  assert.deepEqual(told(late), [
    [0, 'unknown', 'timeout'],
    [1, 'unknown', 'timeout'],
  ])
  assert.equal(late.hitIds.length, 0)
})

test('an op over the in-flight cap is shed: a failure that was never sent', async () => {
  const client = { inFlight: 2, timeout: 100 * MILLI }
  const history = await played(
    planOf([search(0), search(0), search(0)], { hang: true }, { client }),
  )
  assert.deepEqual(told(history), [
    [0, 'unknown', 'timeout'],
    [1, 'unknown', 'timeout'],
    [2, 'fail', 'shed'],
  ])
  assert.ok(Number.isNaN(history.sent[history.op.indexOf(2)]))
})

test('two hits end a ladder that is not watched, and the run with it', async () => {
  const rungs = Array.from({ length: 20 }, (_, i) => probe(100 * (i + 1), 0, 7))
  const history = await played(planOf([upsert(0, 7), ...rungs, probe(60_000, 0, 7)]))
  const outcomes = told(history).slice(1)
  const hits = outcomes.filter(([, outcome]) => outcome === 'ok')
  assert.equal(outcomes.length, 21)
  assert.equal(hits.length, 2)
  for (const [op] of hits) assert.deepEqual(hitsOf(history, op), [7])
  assert.deepEqual(outcomes.at(-1), [21, 'skipped', 'skip:ended'])
  assert.ok(history.until < 60 * SECOND)
})

test('a deleted row that is returned in any version is not absent', async () => {
  const old = { row: { id: 7, version: 1 }, expect: 'absent', k: 10 }
  const rungs = Array.from({ length: 5 }, (_, i) => probe(50 * (i + 1), 0, 7, old))
  const { trace, ...plan } = planOf([remove(0, 7), ...rungs], { reject: 'fail' })
  const preloaded = { ...trace, meta: { ...trace.meta, preload: 10 } }
  const outcomes = told(await played({ ...plan, trace: preloaded })).slice(1)
  assert.deepEqual(
    outcomes.map(([, outcome]) => outcome),
    ['ok', 'ok', 'ok', 'ok', 'ok'],
  )
})

test('a miss whose op says so is asked again by exact, as a second event', async () => {
  const ops = [upsert(0, 7), probe(20, 0, 7, { exact: true })]
  const history = await played(planOf(ops, { blind: true }))
  const exact = history.via.indexOf(VIA_EXACT)
  assert.equal(history.op[exact], 1)
  assert.deepEqual([...history.hitIds.subarray(history.hits[exact], history.hits[exact + 1])], [7])
  assert.equal(history.count, 3)
})

test('an interrupted run keeps what was answered, and calls what was in flight unknown', async () => {
  const stop = new AbortController()
  const ops = [upsert(0, 1), search(10), search(3_600_000)]
  const plan = planOf(ops, { hang: true })
  const history = await played({ ...plan, onProgress: () => stop.abort() }, stop.signal)
  assert.deepEqual(told(history), [
    [0, 'ok', undefined],
    [1, 'unknown', 'interrupted'],
  ])
  assert.equal(history.closed, true)
  assert.equal(history.interrupted, true)
})

test('an interrupted run is known up to where it stopped sending: all that was due by then has its event', async () => {
  const stop = new AbortController()
  const searches = Array.from({ length: 200 }, (_, i) => search(50 * (i + 1)))
  const probes = Array.from({ length: 20 }, (_, i) => probe(1 + i, 0, 1))
  const plan = planOf([upsert(0, 1), ...probes, ...searches], { hang: true })
  const history = await played({ ...plan, onProgress: () => stop.abort() }, stop.signal)
  const { at, count } = plan.trace.ops
  const answered = new Set(history.op)
  const missing = Array.from({ length: count }, (_, op) => op).filter((op) => !answered.has(op))
  assert.ok(missing.length > 0)
  for (const op of missing) assert.ok(at[op]! > history.until)
})

test('after the run: look-ups, rebuilds and gauges', async () => {
  const session = await openSession(planOf([upsert(0, 1), upsert(1, 2), search(1100)]))
  assert.equal(session.facts.version, 'fake')
  assert.ok(session.capabilities.includes('swap') && session.capabilities.includes('get'))
  assert.equal(await session.preload(), 'nothing')
  await session.play(new AbortController().signal)
  const row = (id: number) => ({ id, version: 0 })
  await session.lookups([[row(1), row(2), row(3)]])
  const rows = { ids: Uint32Array.of(5, 6), versions: Uint32Array.of(0, 0) }
  const queries = Uint32Array.of(0, 1)
  for (const rebuild of [0, 1])
    await session.rebuild({ checkpoint: 0, rebuild, space: 0, rows, queries, efforts: [] })
  await session.close()
  const { lookups, rebuilds } = readAfter(dir)
  assert.deepEqual([...lookups!.version], [0, 0, -2])
  assert.deepEqual([...rebuilds!.hits], [0, 2, 4, 6, 8])
  assert.deepEqual([...new Set(rebuilds!.hitIds)].sort(), [5, 6])
  const { names } = readSamples(dir)
  for (const name of [
    'inFlight',
    'unseen',
    'harness.sender.busy',
    'harness.sender.delay.p99',
    'harness.cpu',
    'harness.rss',
  ]) {
    assert.ok(names.includes(name), name)
  }
})

test('errors before and outside the operations have a code and a reason', async () => {
  await assert.rejects(openSession({ ...planOf([]), options: 'bad' }), {
    code: 'TARGET_OPTIONS',
    message: /"url" is bad/,
  })
  const session = await openSession(planOf([search(0), search(500)], { die: true }))
  await assert.rejects(session.play(new AbortController().signal), {
    code: 'SENDER_ENDED',
    message: /an event nobody handles/,
  })
  await session.close()
  assert.equal(readHistory(dir).closed, false)
})
