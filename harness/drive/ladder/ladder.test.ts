import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MILLI, type Micros, NONE, type Op, SECOND, type Trace } from '../../model/index.ts'
import { probe, remove, traceOf, upsert } from '../trace.fixture.ts'
import { createLadders } from './ladder.ts'

const rungs = (of: number, id: number, ats: readonly number[], more: object = {}): Op[] =>
  ats.map((at) => probe(at, of, id, more))

/** What a search sent at an instant says of a row, and how long that takes; null = it never answers. */
type World = (op: number, sent: Micros) => { returned: boolean | null; takes: Micros }

interface Told {
  readonly op: number
  /** `sent`, or why not. */
  readonly what: string
  readonly at: Micros
}

/** Plays the probes of a trace in virtual time: the driver's loop without its threads. */
const simulate = (trace: Trace, world: World): Told[] => {
  const { ops } = trace
  const told: Told[] = []
  const answers: { at: Micros; run(): void }[] = []
  let now = 0
  const ladders = createLadders(trace, (op, why) => told.push({ op, what: why, at: now }))
  const send = (op: number): void => {
    told.push({ op, what: 'sent', at: now })
    const limit = ladders.timeout(op, now)
    const { returned, takes } = world(op, now)
    const inTime = returned !== null && takes <= limit
    const at = now + (inTime ? takes : limit)
    answers.push({ at, run: () => ladders.answered(op, inTime ? returned : null) })
    answers.sort((a, b) => a.at - b.at)
  }
  let cursor = 0
  while (cursor < ops.count || answers.length > 0 || ladders.waiting > 0) {
    const due = ops.at[cursor] ?? Number.POSITIVE_INFINITY
    now = Math.max(
      now,
      Math.min(due, answers[0]?.at ?? Number.POSITIVE_INFINITY, ladders.wake(now)),
    )
    while (answers.length > 0 && answers[0]!.at <= now) answers.shift()!.run()
    for (let op = ladders.next(now); op !== NONE; op = ladders.next(now)) send(op)
    for (; cursor < ops.count && ops.at[cursor]! <= now; cursor++) {
      if (ops.of[cursor] === NONE) {
        ladders.acknowledged(cursor)
        continue
      }
      const verdict = ladders.due(cursor, now)
      if (verdict === 'send') send(cursor)
      else if (verdict !== 'wait') told.push({ op: cursor, what: verdict, at: now })
    }
  }
  return told
}

const always =
  (returned: boolean | null, takes = 1): World =>
  () => ({ returned, takes: takes * MILLI })
const whats = (told: readonly Told[]): string[] =>
  [...told].sort((a, b) => a.op - b.op).map(({ what }) => what)
const times = (count: number, what: string): string[] => Array.from({ length: count }, () => what)
const every = (step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => step * (i + 1))

test('two hits in a row end a ladder that is not watched', () => {
  const trace = traceOf([upsert(0, 7), ...rungs(0, 7, every(10, 5))])
  assert.deepEqual(whats(simulate(trace, always(true))), [
    'sent',
    'sent',
    ...times(3, 'skip:ended'),
  ])
})

test('two hits in a row thin a watched ladder to every fourth rung, a miss makes it dense again', () => {
  const trace = traceOf([upsert(0, 7), ...rungs(0, 7, every(10, 20), { watch: true })])
  const dense = (at: Micros): boolean => at >= 60 * MILLI && at < 70 * MILLI
  const world: World = (_, sent) => ({ returned: !dense(sent), takes: MILLI })
  assert.deepEqual(whats(simulate(trace, world)), [
    ...times(2, 'sent'),
    ...times(3, 'skip:thinned'),
    'sent', // a miss
    ...times(2, 'sent'),
    ...times(3, 'skip:thinned'),
    'sent',
    ...times(3, 'skip:thinned'),
    'sent',
    ...times(3, 'skip:thinned'),
    'sent',
  ])
})

test('an unanswered probe is neither hit nor miss', () => {
  const trace = traceOf([upsert(0, 7), ...rungs(0, 7, every(400, 4))])
  const world: World = (op) => ({ returned: op === 2 ? null : true, takes: MILLI })
  assert.deepEqual(whats(simulate(trace, world)), ['sent', 'sent', 'sent', 'skip:ended'])
})

test('a rung that finds its row unanswered is skipped as busy', () => {
  const trace = traceOf([upsert(0, 7), ...rungs(0, 7, [10, 20, 30, 40])])
  assert.deepEqual(whats(simulate(trace, always(false, 25))), [
    'sent',
    ...times(2, 'skip:busy'),
    'sent',
  ])
})

test('a delete: the probe before it does not count, three absences in a row end its ladder', () => {
  const more = { expect: 'absent', watch: true }
  const ops = [probe(0, 1, 7, more), remove(10, 7), ...rungs(1, 7, every(20, 7), more)]
  const returned = [true, undefined, false, false, true, false, false, false]
  const world: World = (op) => ({ returned: returned[op] ?? null, takes: MILLI })
  assert.deepEqual(whats(simulate(traceOf(ops), world)), [...times(7, 'sent'), 'skip:ended'])
})

test('a probe before a delete is not sent once the delete is due', () => {
  const more = { expect: 'absent' }
  const busy = every(1, 10).map((_, i) => probe(0, 0, i))
  const ops = [
    upsert(0, ...every(1, 10).map((_, i) => i)),
    ...busy,
    probe(1, 12, 50, more),
    remove(5, 50),
  ]
  const told = simulate(traceOf(ops, { probeRate: 1 }), always(true))
  assert.equal(told.find(({ op }) => op === 11)!.what, 'skip:tokens')
})

test('a ladder ends when the next write of its id is due', () => {
  const ops = [
    upsert(0, 7),
    ...rungs(0, 7, [10, 20]),
    upsert(25, 7),
    probe(30, 0, 7),
    probe(35, 3, 7),
  ]
  assert.deepEqual(whats(simulate(traceOf(ops), always(false))), [
    'sent',
    'sent',
    'skip:superseded',
    'sent',
  ])
})

test('the time-out of a probe is a quarter of the age, at least 100 ms, at most that of a search', () => {
  const trace = traceOf([upsert(0, 7), probe(10, 0, 7)], { client: { timeout: 5 * SECOND } })
  const { timeout } = createLadders(trace, () => {})
  assert.deepEqual(
    [10 * MILLI, 400 * MILLI, 4 * SECOND, 60 * SECOND].map((now) => timeout(1, now)),
    [100 * MILLI, 100 * MILLI, SECOND, 5 * SECOND],
  )
})

test('each token goes to the waiting row with the largest (now − last probe) / age', () => {
  const ids = every(1, 12)
  const ops = [
    upsert(0, 100),
    upsert(0, 200),
    probe(1, 0, 100), // takes a token, misses
    upsert(900, ...ids),
    ...ids.slice(0, 9).map((id) => probe(901, 3, id)), // take the other nine
    probe(950, 0, 100), // (1001 − 1) / 1001
    probe(950, 1, 200), // never probed: 1
    probe(951, 3, ids[0]!), // (1001 − 901) / 101 < 1
  ]
  const told = simulate(traceOf(ops, { probeRate: 1, deadline: 60 * SECOND }), always(false))
  const waited = told.filter(({ at }) => at > 951 * MILLI).map(({ op, what }) => [op, what])
  assert.deepEqual(waited, [
    [14, 'sent'],
    [13, 'sent'],
    [15, 'sent'],
  ])
})

test('a rung overtaken by its next one, or out of time, is skipped for want of tokens', () => {
  const ids = every(1, 10)
  const ops = [
    upsert(0, 50, ...ids),
    ...ids.map((id) => probe(1, 0, id)),
    ...rungs(0, 50, [2, 3, 4]),
  ]
  const trace = traceOf(ops, { probeRate: 0.001, deadline: 5 * SECOND })
  const told = simulate(trace, always(true)).filter(({ op }) => op > 10)
  assert.deepEqual(
    told.map(({ op, what }) => [op, what]),
    [
      [11, 'skip:tokens'],
      [12, 'skip:tokens'],
      [13, 'skip:tokens'],
    ],
  )
  assert.ok(told[2]!.at > 5 * SECOND)
})

test('rows count as unseen from their acknowledgement to their first hit', () => {
  const trace = traceOf([upsert(0, 1, 2, 3), probe(1, 0, 1), probe(1, 0, 3)])
  const ladders = createLadders(trace, () => {})
  assert.equal(ladders.unseen, 0)
  ladders.due(1, MILLI)
  ladders.answered(1, true)
  assert.equal(ladders.unseen, 0)
  ladders.acknowledged(0)
  assert.equal(ladders.unseen, 1)
  ladders.due(2, MILLI)
  ladders.answered(2, false)
  assert.equal(ladders.unseen, 1)
})

/** Writes of one row each, some deleted later, with ladders of growing steps. */
const traces = fc
  .record({
    writes: fc.array(
      fc.record({
        at: fc.nat({ max: 500 }),
        first: fc.integer({ min: 1, max: 20 }),
        rungs: fc.integer({ min: 1, max: 12 }),
        watch: fc.boolean(),
        isDelete: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    probeRate: fc.constantFrom(0, 5, 50, 5000),
  })
  .map(({ writes, probeRate }) => {
    const raw = writes.flatMap(({ at, first, rungs, watch, isDelete }, id) => [
      { id, at, write: isDelete ? remove(at, id) : upsert(at, id) },
      ...Array.from({ length: rungs }, (_, i) => ({
        id,
        at: at + first * 1.3 ** i,
        write: null,
        watch,
        expect: isDelete ? 'absent' : 'present',
      })),
    ])
    raw.sort((a, b) => a.at - b.at || (a.write ? -1 : 1))
    const place = new Map(raw.flatMap(({ id, write }, op) => (write ? [[id, op] as const] : [])))
    const ops = raw.map(
      ({ id, at, write, ...more }) => write ?? probe(at, place.get(id)!, id, more),
    )
    return traceOf(ops, { probeRate, deadline: 2 * SECOND })
  })

test('laws of any ladder in any world', () => {
  fc.assert(
    fc.property(
      traces,
      fc.infiniteStream(fc.tuple(fc.option(fc.boolean()), fc.nat({ max: 300 }))),
      (trace, chance) => {
        const answers = new Map<number, { returned: boolean | null; from: Micros; to: Micros }>()
        const world: World = (op, sent) => {
          const [returned, milliseconds] = chance.next().value as [boolean | null, number]
          answers.set(op, { returned, from: sent, to: sent + milliseconds * MILLI })
          return { returned, takes: milliseconds * MILLI }
        }
        const told = simulate(trace, world)
        const { ops, meta } = trace
        const probes = [...ops.of.keys()].filter((op) => ops.of[op] !== NONE)
        // every probe is told of once
        assert.deepEqual(
          told.map(({ op }) => op).sort((a, b) => a - b),
          probes,
        )
        const sent = told.filter(({ what }) => what === 'sent')
        // never before it was due, never without a token
        for (const { op, at } of sent) assert.ok(at >= ops.at[op]!)
        sent.forEach(({ at }, i) => {
          const rate = meta.phases[0]!.probeRate / SECOND
          assert.ok(i + 1 <= 10 + at * rate + 1e-6, `${i + 1} probes by ${at}`)
        })
        // at most one probe of a row at a time; each row's in the order of its rungs
        const last = new Map<number, { op: number; free: Micros }>()
        for (const { op, at } of sent) {
          const row = ops.of[op]!
          const before = last.get(row)
          assert.ok(before === undefined || (at >= before.free && op > before.op))
          const { returned, to } = answers.get(op)!
          const limit = at + Math.min(5 * SECOND, Math.max(100 * MILLI, (at - ops.at[row]!) / 4))
          last.set(row, { op, free: returned === null ? limit : Math.min(to, limit) })
        }
      },
    ),
    { numRuns: 200 },
  )
})
