import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Trace, versionOf } from '../model/index.ts'
import { fakeDataset } from './dataset.fixture.ts'
import { canonicalJson, HASHED } from './hash.ts'
import { compile, describeTrace, hashTrace } from './index.ts'
import { replay, SEARCHES, WRITES, workloadOf } from './replay.fixture.ts'
import { scenarioOf } from './scenario.fixture.ts'

const dataset = fakeDataset({ revisions: 3 })
const MIX = 'phases.main.writes.mix={ insert: 40, update: 30, delete: 30 }'
const PROBES = 'probes={ deadline: 2s, share: 30% }'

const bytes = ({ ops }: Trace): string =>
  HASHED.map((name) =>
    Buffer.from(ops[name].buffer, ops[name].byteOffset, ops[name].byteLength).toString('base64'),
  ).join()

test('the same scenario, dataset and seed give the same bytes', () => {
  const one = compile(scenarioOf(MIX, PROBES, 'checkpoints={ every: 3s }'), dataset, 7)
  const two = compile(
    scenarioOf(MIX, PROBES, 'checkpoints={ every: 3s }'),
    fakeDataset({ revisions: 3 }),
    7,
  )
  assert.equal(bytes(one), bytes(two))
  assert.deepEqual(one.meta, two.meta)
})

test('the hash is what the documented layout says, computed by another library', () => {
  const trace = compile(scenarioOf(MIX, PROBES, 'checkpoints={ every: 3s }'), dataset, 7)
  const { hash, ...meta } = trace.meta
  const { about, limits, ...scenario } = meta.scenario
  const sha = createHash('sha256').update(canonicalJson({ ...meta, scenario }))
  for (const name of HASHED) {
    const column = trace.ops[name]
    const width = column.BYTES_PER_ELEMENT
    const out = Buffer.alloc(column.length * width)
    column.forEach((value, i) => {
      const known = Math.max(0, value)
      if (width === 8) out.writeDoubleLE(known, i * 8)
      else out.writeUIntLE(known, i * width, width)
    })
    sha.update(out)
  }
  assert.equal(hash, `sha256:${sha.digest('hex')}`)
  assert.equal(hashTrace(trace), hash)
})

test('what is told to people or held against the findings leaves the hash as it was', () => {
  const { meta } = compile(scenarioOf(MIX, PROBES), dataset, 1)
  for (const change of ['about=x', 'limits=[recall.live.low >= 0.5]']) {
    assert.equal(compile(scenarioOf(MIX, PROBES, change), dataset, 1).meta.hash, meta.hash)
  }
})

test('the hash changes with any input', () => {
  const base = [MIX, PROBES]
  const others = [
    compile(scenarioOf(...base), dataset, 1),
    compile(scenarioOf(...base), dataset, 2),
    compile(scenarioOf(...base), fakeDataset({ revisions: 3, seed: 2 }), 1),
    ...[
      'k=9',
      'index.ef=65',
      'phases.main.searches.rate=51/s',
      'client.timeout=1s',
      'metric=ip',
    ].map((set) => compile(scenarioOf(...base, set), dataset, 1)),
  ]
  assert.equal(new Set(others.map(({ meta }) => meta.hash)).size, others.length)
})

test('canonical JSON: sorted keys, no white space, no undefined', () => {
  assert.equal(
    canonicalJson({ b: [1, { d: null, c: 'é\n' }], a: 1e-7, x: undefined }),
    '{"a":1e-7,"b":[1,{"c":"é\\n","d":null}]}',
  )
})

test('probes and searches move no write by a byte, and probes no search', () => {
  const writes = (trace: Trace) => workloadOf(trace, WRITES)
  const bare = compile(scenarioOf(MIX), dataset, 3)
  const probed = compile(scenarioOf(MIX, PROBES), dataset, 3)
  assert.equal(writes(probed), writes(bare))
  assert.equal(workloadOf(probed, SEARCHES), workloadOf(bare, SEARCHES))
  for (const searches of ['null', '{ rate: 500/s, pick: zipf }']) {
    assert.equal(
      writes(compile(scenarioOf(MIX, `phases.main.searches=${searches}`), dataset, 3)),
      writes(bare),
    )
  }
})

test('writes keep the rules whatever the scenario', () => {
  const many = fakeDataset({ rows: 3_000, revisions: 3 })
  const weight = fc.integer({ min: 0, max: 5 })
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(),
        mix: fc.record({ insert: fc.integer({ min: 1, max: 5 }), update: weight, delete: weight }),
        pick: fc.constantFrom('uniform', 'zipf', 'oldest', 'newest', 'cluster'),
        batch: fc.integer({ min: 1, max: 4 }),
        arrivals: fc.constantFrom('poisson', 'even', '{ every: 3s, for: 1s, rate: 50/s }'),
        every: fc.constantFrom('1s', '3s', '10s'),
      }),
      ({ seed, mix, pick, batch, arrivals, every }) => {
        const scenario = scenarioOf(
          `phases.main.writes={ pick: ${pick}, batch: ${batch}, rest: ${pick === 'newest' ? '0s' : '2s'} }`,
          `phases.main.writes.arrivals=${arrivals}`,
          `phases.main.writes.mix=${JSON.stringify(mix)}`,
          `checkpoints={ every: ${every} }`,
          'preload=1500',
        )
        const trace = compile(scenario, many, seed)
        const { counts } = replay(trace, pick === 'newest' ? 0 : 2_000_000)
        assert.equal((counts.inserts + counts.updates + counts.deletes) % batch, 0)
      },
    ),
    { numRuns: 60 },
  )
})

test('rates and mix are as asked, within five standard deviations', () => {
  const scenario = scenarioOf(
    MIX,
    'phases.main.for=30s',
    'preload=1500',
    'phases.main.writes.batch=2',
  )
  for (const seed of [1, 2, 3]) {
    const trace = compile(scenario, fakeDataset({ rows: 4_000, revisions: 3 }), seed)
    const { counts } = replay(trace, 2_000_000)
    for (const [count, expected] of [
      [counts.inserts, 1_200],
      [counts.updates, 900],
      [counts.deletes, 900],
    ] as const) {
      assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(2 * expected), `${count} of ${expected}`)
    }
  }
})

test('an update writes the next revision, and a row at its last is not picked', () => {
  const scenario = scenarioOf(
    'preload=3',
    'phases.main.writes={ rest: 0s, rate: 1/s, arrivals: even, mix: { insert: 0, update: 1 } }',
    'phases.main.for=6s',
  )
  const trace = compile(scenario, dataset, 1)
  const { spaces } = replay(trace, 0)
  assert.deepEqual(
    [...spaces[0]!.values()].map(({ version }) => version),
    [2, 2, 2],
  )
  assert.throws(
    () =>
      compile(
        scenarioOf(
          'preload=3',
          'phases.main.writes={ rest: 0s, rate: 1/s, arrivals: even, mix: { insert: 0, update: 1 } }',
          'phases.main.for=7s',
        ),
        dataset,
        1,
      ),
    {
      code: 'SCENARIO_PICK',
      message:
        'In phase main, 1 update requests find no row to take before the phase ends: a request takes 1 rows that have rested and have a revision left, and 0 are there; preload more rows, shorten rest, or give update less weight.',
    },
  )
})

test('a write that finds no rested row waits for the first instant at which one has rested', () => {
  const scenario = scenarioOf(
    'preload=1',
    'phases.main.writes={ rest: 2s, rate: 1/s, arrivals: even, mix: { insert: 0, update: 1 } }',
    'phases.main.for=4s',
  )
  const many = fakeDataset({ revisions: 9 })
  assert.throws(() => compile(scenario, many, 1), { code: 'SCENARIO_PICK' })
  const trace = compile(
    scenarioOf(
      'preload=1',
      'phases.main.writes={ rest: 2s, rate: 1.0/s, arrivals: even, mix: { insert: 0, update: 1 } }',
      'phases.main.for=2s',
      'phases.main.writes.rest=1500ms',
    ),
    many,
    1,
  )
  assert.deepEqual([...trace.ops.at.filter((_, i) => trace.ops.kind[i] === 0)], [0, 1_500_000])
})

test('too few rows are refused with the number that would do', () => {
  assert.throws(
    () => compile(scenarioOf('phases.main.writes.arrivals=even'), fakeDataset({ rows: 1_000 }), 1),
    {
      code: 'SCENARIO_ROWS',
      message:
        'The scenario test needs 1500 rows, but the dataset fake has 1000: set dataset.rows to 1500, or insert less.',
    },
  )
  assert.ok(
    compile(scenarioOf('phases.main.writes.arrivals=even'), fakeDataset({ rows: 1_500 }), 1),
  )
})

test('a dataset that lacks what is asked for is refused', () => {
  const refused = (sets: string[], why: RegExp, shape: Parameters<typeof fakeDataset>[0] = {}) =>
    assert.throws(() => compile(scenarioOf(...sets), fakeDataset(shape), 1), {
      code: 'SCENARIO_DATASET',
      message: why,
    })
  refused(
    [MIX],
    /phase main updates rows, and it has one revision of each: set dataset.revisions to 2 or more\.$/,
  )
  refused(
    ['reembed={ style: in-place, rate: 100/s }'],
    /a re-embedding in place needs equal dimensions, and model 1 has 4, model 2 3\.$/,
    { dimensions: [4, 3] },
  )
  refused(
    ['reembed={ style: in-place, rate: 100/s, to: 3 }'],
    /reembed.to is 3, and it has 2 models\.$/,
  )
  refused([], /it has no queries\.$/, { queries: 0 })
})

test('a limit on a quantile that the probed writes cannot support is refused, with the share that would do', () => {
  const limit = 'limits=[ingestToSearchable.upper.p99 <= 1s]'
  const even = 'phases.main.writes.arrivals=even'
  assert.throws(
    () => compile(scenarioOf(even, 'probes={ deadline: 2s, share: 10% }', limit), dataset, 1),
    {
      code: 'SCENARIO_QUANTILE',
      message:
        /^The limit "ingestToSearchable\.upper\.p99 <= 1s" needs 368 probed writes of its kind, and the trace has \d+: probes\.share: 43% would do\.$/,
    },
  )
  assert.ok(compile(scenarioOf(even, 'probes={ deadline: 2s, share: 43% }', limit), dataset, 1))
  assert.throws(() => compile(scenarioOf(even, limit), dataset, 1), {
    message: /has 0: give the scenario probes\.$/,
  })
  assert.throws(
    () =>
      compile(
        scenarioOf(even, PROBES, 'limits=[phases.main.deleteToInvisible.lower.p50 <= 1s]'),
        dataset,
        1,
      ),
    {
      message:
        /needs 6 probed writes of its kind, and the trace has 0: no share would do, for there are 0 such writes in all/,
    },
  )
})

test('what a trace holds is told in lines', () => {
  const trace = compile(
    scenarioOf(
      'phases.main.writes.arrivals=even',
      'phases.main.searches.arrivals=even',
      'checkpoints={ every: 10s, rate: 20/s, settle: 1s }',
    ),
    dataset,
    1,
  )
  assert.equal(
    describeTrace(trace),
    `scenario     test, seed 1
dataset      sha256:fake-2000-3-4,4-20-1
length       12s, ladders apart; 1521 ops: 1000 upsert, 0 delete, 520 search, 0 probe, 1 control
rows         500 preloaded, 1500 needed
phase        main, 0s to 12s: 1000 writes, 500 searches, 0 probe rungs
probed       0 inserts, 0 updates, 0 deletes
ineligible   0 inserts, 0 updates, 0 deletes
checkpoints  1, at 10s
`,
  )
})

test('versions count models first, then revisions', () => {
  assert.equal(versionOf(2, 1, 3), 4)
})
