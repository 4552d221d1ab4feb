import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../model/index.ts'
import { latencyOf, latencyOverTime, latenessOf, timingsOf } from './latency.ts'
import { type OpLiteral, probe, runOf, search, upsert } from './run.fixture.ts'
import { judgedLatency } from './too-slow.ts'
import { viewOf } from './view.ts'

const viewIn = (...ops: readonly OpLiteral[]) => viewOf(runOf({ ops }))
const timings = (...ops: readonly OpLiteral[]) => timingsOf(viewIn(...ops), () => true)

test('response counts from due, service from sent; failed, shed and unknown stand as +Infinity in response only', () => {
  const { response, service, answered } = timings(
    search(0, 0, [], { sent: 3, done: 10 }),
    search(5, 0, [], { outcome: 'fail', done: 6 }),
    search(6, 0, [], { outcome: 'fail', sent: null, error: 'shed' }),
    search(7, 0, [], { outcome: 'unknown', done: 30 }),
  ).get('search')!
  assert.deepEqual([...response], [10 * MILLI, Infinity, Infinity, Infinity])
  assert.deepEqual([...service], [7 * MILLI])
  assert.deepEqual([...answered], [10 * MILLI])
})

test('an engine that refuses must not look fast', () => {
  const refused = Array.from({ length: 400 }, (_, i) =>
    search(i, 0, [], i < 5 ? { outcome: 'fail' } : {}),
  )
  assert.equal(latencyOf(timings(...refused).get('search')!).response.p99, Infinity)
})

test('foreground and checkpoint searches stand apart, skipped probes nowhere', () => {
  const found = timings(
    search(0, 0, []),
    search(1, 0, [], {}, { checkpoint: 0 }),
    upsert(2, [[1, 0]]),
    probe(3, 2, [1, 0], [], { outcome: 'skipped', error: 'skip:tokens' }),
  )
  assert.deepEqual([...found.keys()], ['search', 'checkpoint', 'upsert'])
})

test('an op that was due before a kill and has no answer is unknown, one due later is not offered', () => {
  const view = viewOf(
    runOf({
      ops: [search(0, 0, []), search(10, 0, [], null), search(99, 0, [], null)],
      history: { closed: false, until: 50 },
    }),
  )
  assert.deepEqual([...timingsOf(view, () => true).get('search')!.response], [MILLI, Infinity])
})

test('over time: a row a second and kind, by the instant an op was due', () => {
  const ops = [search(999, 0, [], { done: 1500 }), search(1000, 0, []), upsert(1001, [[1, 0]])]
  assert.deepEqual(
    latencyOverTime(viewIn(...ops)).map(({ t, kind, n, max }) => [t, kind, n, max]),
    [
      [0, 'search', 1, 501],
      [1, 'search', 1, 1],
      [1, 'upsert', 1, 1],
    ],
  )
})

test('lateness is sent − due of what was sent; a probe that waited for a token is not late', () => {
  const { n, max } = latenessOf(
    viewIn(
      search(0, 0, [], { sent: 2 }),
      upsert(1, [[1, 0]], { sent: null, outcome: 'fail', error: 'shed' }),
      probe(3, 1, [1, 0], [], { sent: 90 }),
    ),
  )
  assert.deepEqual([n, max], [1, 2])
})

/** 40 searches that take 10 ms each, of which the last five are sent late by so much. */
const late = (lateness: number) =>
  timings(
    ...Array.from({ length: 40 }, (_, i) => {
      const sent = i * 100 + (i < 35 ? 0 : lateness)
      return search(i * 100, 0, [], { sent, done: sent + 10 })
    }),
  )

test('a figure that the harness was too slow to measure is withheld: the larger of 1 ms and 5 % at each quantile', () => {
  const quiet = () => 0
  assert.deepEqual(judgedLatency(late(1), quiet).withheld, [])
  const { latency, withheld } = judgedLatency(late(2), quiet)
  assert.deepEqual(withheld, [
    { path: 'search.response.p90', added: 2 * MILLI, allowed: MILLI },
    { path: 'search.response.max', added: 2 * MILLI, allowed: MILLI },
  ])
  const { p50, p90, max, ci95 } = latency.search!.response
  assert.deepEqual([p50, p90, max, Object.keys(ci95)], [10, null, null, ['p50']])
  assert.equal(latency.search!.service.p90, 10)
})

test('the delay of the thread that stamps the answers obeys the same bound', () => {
  const { withheld } = judgedLatency(late(0), (name) => (name === 'p90' ? 1_100 : 900))
  assert.deepEqual(withheld, [{ path: 'search.response.p90', added: 1_100, allowed: MILLI }])
})

test('what failures made infinite stands, however slow the harness was', () => {
  const failing = timings(
    ...Array.from({ length: 40 }, (_, i) => search(i, 0, [], i % 4 ? {} : { outcome: 'fail' })),
  )
  const { latency, withheld } = judgedLatency(failing, () => 5 * MILLI)
  assert.deepEqual(
    withheld.map(({ path }) => path),
    ['search.response.p50'],
  )
  const { p50, p90, max } = latency.search!.response
  assert.deepEqual([p50, p90, max], [null, Infinity, Infinity])
})

test('failures are no fault of the harness', () => {
  const failing = timings(
    ...Array.from({ length: 40 }, (_, i) => search(i, 0, [], i % 2 ? { outcome: 'fail' } : {})),
  )
  assert.deepEqual(judgedLatency(failing, () => 0).withheld, [])
})
