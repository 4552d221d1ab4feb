import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from './index.ts'
import { offeredOf } from './offered.ts'
import { type EventLiteral, probe, type RunLiteral, runOf, search, upsert } from './run.fixture.ts'
import { viewOf } from './view.ts'

const OPS = [search(0, 0, []), upsert(5, [[1, 0]]), probe(8, 1, [1, 0], [[1, 0]])]
const validity = (literal: Partial<RunLiteral>) => analyse(runOf({ ops: OPS, ...literal })).validity
const reasons = (literal: Partial<RunLiteral>) => validity(literal).reasons.map(({ code }) => code)
const labels = (literal: Partial<RunLiteral>) => validity(literal).labels.map(({ code }) => code)
const manifest = (changes: object): Partial<RunLiteral> => ({ manifest: changes })

test('a run without fault is valid, without a label', () => {
  const { valid, reasons, labels, exactScan } = validity({})
  assert.deepEqual([valid, reasons, labels, exactScan], [true, [], [], false])
})

test('offered = ok + fail + unknown + skipped, by kind', () => {
  const ops = [
    search(0, 0, []),
    search(1, 0, [], { outcome: 'fail' }),
    search(2, 0, [], { outcome: 'unknown' }),
    upsert(5, [[1, 0]]),
    probe(8, 3, [1, 0], [], { outcome: 'skipped', error: 'skip:busy' }),
  ]
  assert.deepEqual(validity({ ops }).offered, {
    upsert: { offered: 1, ok: 1, fail: 0, unknown: 0, skipped: 0 },
    search: { offered: 3, ok: 1, fail: 1, unknown: 1, skipped: 0 },
    probe: { offered: 1, ok: 0, fail: 0, unknown: 0, skipped: 1 },
  })
})

test('an op without an event in a history that was ended properly does not add up', () => {
  assert.deepEqual(reasons({ ops: [...OPS, search(9, 0, [], null)] }), ['offered'])
})

test('nor do two events for one op, or the event of an op that the trace does not have', () => {
  const run = runOf({ ops: OPS })
  const withOps = (op: readonly number[]) =>
    offeredOf(viewOf({ ...run, history: { ...run.history, op: Uint32Array.from(op) } })).faults
      .length
  assert.equal(withOps([0, 1, 2]), 0)
  assert.ok(withOps([0, 1, 1]) >= 1)
  assert.ok(withOps([0, 1, 9]) >= 1)
})

test('two events of one op do not stand for another of its kind that has none', () => {
  const run = runOf({ ops: [search(0, 0, []), search(1, 0, [])] })
  const history = { ...run.history, op: Uint32Array.of(0, 0) }
  assert.deepEqual(offeredOf(viewOf({ ...run, history })).faults, ['op 0 has more than one event'])
})

test('a killed run is incomplete, a stopped one interrupted; both add up', () => {
  const ops = [...OPS, search(20, 0, [], null), search(90, 0, [], null)]
  assert.deepEqual(reasons({ ops, history: { closed: false, until: 50 } }), ['incomplete'])
  assert.deepEqual(reasons({ ops, history: { interrupted: true, until: 50 } }), ['interrupted'])
})

test('the trace is the one that the manifest names', () => {
  assert.deepEqual(reasons(manifest({ trace: 'sha256:other' })), ['trace-hash'])
})

test('an engine that ended in mid-run makes the run invalid, and says when', () => {
  const alive = { gauges: { 'engine.alive': [[1000, 1] as const, [2000, 1] as const] } }
  const gone = { gauges: { 'engine.alive': [[1000, 1] as const, [3400, 0] as const] } }
  assert.deepEqual(reasons(alive), [])
  const [reason] = validity(gone).reasons
  assert.equal(reason?.code, 'engine-ended')
  assert.match(reason.text, /3\.4 s.*by nobody/)
  const later = search(3_500_000, 0, [])
  const restarted = validity({ ...gone, ops: [...OPS, later] }).reasons[0]!
  assert.match(restarted.text, /3\.4 s.*by another process/)
})

test('an engine that answers nothing more until the end makes the run invalid: since when, how much, and why', () => {
  const searches = (count: number, from: number, event: EventLiteral) =>
    Array.from({ length: count }, (_, i) => search(from + 100 * i, 0, [], event))
  const refused: EventLiteral = { outcome: 'fail', error: 'ECONNREFUSED' }
  const lost: EventLiteral = { outcome: 'unknown', error: 'ECONNRESET' }
  const until = searches(10, 0, {})
  const dead = [...until, search(950, 0, [], lost), ...searches(20, 1000, refused)]
  const [reason, ...others] = validity({ ops: dead }).reasons
  assert.deepEqual([reason?.code, others], ['engine-silent', []])
  assert.match(reason!.text, /^From 0\.9 s to the end .*all 21 operations.*ECONNREFUSED/)
  assert.deepEqual(reasons({ ops: searches(20, 0, refused) }), ['engine-silent'])
  assert.deepEqual(reasons({ ops: [...dead, search(3000, 0, [])] }), [], 'it came back')
  assert.deepEqual(reasons({ ops: [...until, ...searches(10, 1000, refused)] }), [], 'too short')
  assert.deepEqual(reasons({ ops: [...until, ...searches(9, 2000, refused)] }), [], 'too few')
  const gauges = { 'engine.alive': [[950, 0] as const] }
  assert.deepEqual(reasons({ ops: dead, gauges }), ['engine-ended'], 'one cause, told once')
})

test('operations that were not sent are no silence of the engine', () => {
  const skipped = Array.from({ length: 30 }, (_, i) =>
    search(1000 + 100 * i, 0, [], { outcome: 'skipped', error: 'skip:swap' }),
  )
  assert.deepEqual(reasons({ ops: [...OPS, ...skipped] }), [])
})

test('a run that was stopped before its clock began says so', () => {
  const [reason] = validity({ ops: [], history: { interrupted: true, until: -0.02 } }).reasons
  assert.match(reason!.text, /told to stop before its first operation\.$/)
})

test('gauges of the engine that could not be read are told once, with the reason', () => {
  const gauges = {
    'engine.stats.failed: reset': [[1000, 1] as const, [2000, 2] as const],
    'harness.cpu': [[1000, 0.5] as const],
  }
  const { labels, machine } = validity({ gauges })
  const told = labels.filter(({ code }) => code === 'no-engine-gauges')
  assert.deepEqual(
    told.map(({ text }) => text),
    ["The engine's own gauges could not be read 2 times; the first time: reset."],
  )
  assert.deepEqual(machine?.harness, { mean: 0.5, worst: 0.5 })
})

test('searches that were not answered are told beside the recall of the others', () => {
  const failed = search(9, 0, [], { outcome: 'fail' })
  assert.deepEqual(labels({ ops: [...OPS, failed] }), ['searches-unanswered'])
  assert.deepEqual(labels({ ops: OPS }), [])
})

test('a thread more than 90 % busy in more than 1 % of its windows makes the run invalid', () => {
  const busy = (count: number) => ({
    gauges: {
      'harness.sender.busy': Array.from(
        { length: 100 },
        (_, i) => [i, i < count ? 0.95 : 0.9] as const,
      ),
      'engine.busy': [[0, 1] as const],
    },
  })
  assert.deepEqual(reasons(busy(1)), [])
  assert.deepEqual(reasons(busy(2)), ['harness-busy'])
})

/** 40 searches of 1 ms that were sent 5 ms late. */
const LATE = Array.from({ length: 40 }, (_, i) =>
  search(i * 10, 0, [], { sent: i * 10 + 5, done: i * 10 + 6 }),
)
const limit = (path: string) => ({
  scenario: { limits: [{ text: `${path} <= 1s`, path, comparison: '<=' as const, bound: 1000 }] },
})

test('a harness too slow for a figure is a label; a reason if a limit names that figure', () => {
  const { labels } = validity({ ops: LATE })
  assert.deepEqual(
    labels.map(({ code }) => code),
    ['harness-too-slow'],
  )
  assert.match(labels[0]!.text, /latency\.search\.response: .*p90.* \(it added up to 5\.0 ms\)/)
  assert.deepEqual(reasons({ ops: LATE }), [])
  assert.deepEqual(reasons({ ops: LATE, ...limit('latency.search.service.p90') }), [])
  for (const path of ['latency', 'phases.churn.latency', 'phases.0.latency']) {
    const run = { ops: LATE, ...limit(`${path}.search.response.p90`) }
    assert.deepEqual(reasons(run), ['harness-too-slow'], path)
    assert.equal(analyse(runOf(run)).verdict, 'unknown')
  }
})

test('the last value of the delay gauges counts, in microseconds', () => {
  const ops = Array.from({ length: 40 }, (_, i) => search(i * 10, 0, []))
  const gauges = {
    'harness.sender.delay.p50': [
      [0, 9000],
      [1, 800],
    ],
    'harness.sender.delay.p90': [
      [0, 1],
      [1, 1200],
    ],
  } as const
  const { response } = analyse(runOf({ ops, gauges })).latency.search!
  assert.deepEqual([response.p50, response.p90, response.max], [1, null, 1])
})

test('exact scan: a label, and only where an approximate index was asked for', () => {
  const plan = manifest({ engine: { plan: 'exact' } })
  assert.deepEqual([labels(plan), validity(plan).exactScan], [['exact-scan'], true])
  const asked = { ...plan, scenario: { index: { kind: 'exact' as const } } }
  assert.deepEqual([labels(asked), validity(asked).exactScan], [[], false])
})

test('a part of the rows scanned is told, and so is an engine that its adapter calls not comparable', () => {
  assert.deepEqual(labels(manifest({ engine: { plan: 'partial' } })), ['partial-scan'])
  assert.deepEqual(labels(manifest({ engine: { plan: 'index' } })), [])
  const ends = (plan: string, planAfter: string) =>
    labels({ ...manifest({ engine: { plan } }), planAfter })
  assert.deepEqual(ends('index', 'index'), [])
  assert.deepEqual(ends('index', 'exact'), ['partial-scan'])
  assert.deepEqual(ends('exact', 'index'), ['partial-scan'])
  assert.deepEqual(ends('exact', 'exact'), ['exact-scan'])
  const apart = manifest({ engine: { comparable: 'function only, not comparable' } })
  assert.deepEqual(labels(apart), ['not-comparable'])
  assert.match(
    validity(apart).labels[0]!.text,
    /^Not for comparison: function only, not comparable\.$/,
  )
})

test('what a reader must know stands in the labels', () => {
  const target = { label: 'mine', adapter: './mine.ts', inProcess: true, launched: false }
  assert.deepEqual(labels(manifest({ target })), ['in-process'])
  assert.deepEqual(labels(manifest({ preloadedBy: 'upsert' })), ['preload-by-upsert'])
  assert.deepEqual(labels(manifest({ capabilities: [] })), ['not-separable'])
  assert.deepEqual(labels({ ops: [search(0, 0, [1])], preload: 3 }), ['no-version'])
  const flicker = [upsert(0, [[1, 0]]), probe(2, 0, [1, 0], [[1, 0]]), probe(5, 0, [1, 0], [])]
  assert.deepEqual(labels({ ops: flicker }), ['first-seen'])
})

test('a history without checksums is labelled; one whose checksums were right is not', () => {
  const checked = (value: boolean) =>
    labels({ history: { checked: value } as Partial<RunLiteral['history']> as never })
  assert.deepEqual(checked(false), ['unchecked'])
  assert.deepEqual(checked(true), [])
})
