import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblem } from '../errors.ts'
import type { Writes } from '../model/index.ts'
import { loadScenario } from './index.ts'

const BASE = `name: churn
dataset: { name: clustered }
phases:
  - { name: warm-up, for: 2s, measured: false }
  - name: churn
    for: 30s
    writes: { rate: 200/s, mix: { insert: 50, delete: 50 } }
    searches: { rate: 100/s }
`

const load = (text: string, ...sets: string[]) => loadScenario('a.yaml', () => text, sets)

/** The problems that are told, one a line. */
const told = (run: () => unknown): string[] => {
  try {
    run()
  } catch (error) {
    assert.ok(isProblem(error), String(error))
    assert.equal(error.exit, 64)
    return error.message.split('\n').slice(1)
  }
  return assert.fail('nothing was refused')
}

test('defaults are those of the documented scenario file', () => {
  const { phases, probes, checkpoints, reembed, ...rest } = load(BASE)
  assert.deepEqual(rest, {
    name: 'churn',
    about: '',
    dataset: { name: 'clustered' },
    metric: 'l2',
    k: 10,
    index: { kind: 'hnsw', m: 16, efConstruction: 128, ef: 64 },
    preload: 0,
    client: {
      timeout: 30_000_000,
      inFlight: 20_000,
      connections: 16,
      consistency: 'default',
      durability: 'default',
    },
    limits: [],
  })
  assert.deepEqual([probes, checkpoints, reembed], [null, null, null])
  assert.deepEqual(phases[1], {
    name: 'churn',
    for: 30_000_000,
    measured: true,
    writes: {
      rate: 200,
      batch: 1,
      arrivals: 'poisson',
      mix: { insert: 50, update: 0, delete: 50 },
      pick: 'uniform',
      rest: 10_000_000,
    },
    searches: { rate: 100, arrivals: 'poisson', pick: 'uniform' },
    control: [],
  })
})

test('units are resolved, rest follows the deadline, newest does not rest', () => {
  const scenario = load(
    BASE.replace('delete: 50 }', 'delete: 50 }, pick: newest'),
    'probes={ deadline: 5m, share: 15%, first: 10us, cap: 400% }',
    'phases.warm-up.writes={ rate: 30/m }',
    'checkpoints={ settle: 1.5ms }',
    'phases.churn.writes.arrivals={ every: 10s, for: 2s, rate: 2000/s }',
  )
  assert.deepEqual(
    { ...scenario.probes },
    {
      share: 0.15,
      first: 10,
      growth: 1.2,
      deadline: 300_000_000,
      cap: 4,
      watch: 0.2,
      repeat: false,
    },
  )
  assert.equal(scenario.phases[0]!.writes!.rate, 0.5)
  assert.equal(scenario.phases[0]!.writes!.rest, 300_000_000)
  assert.equal(scenario.phases[1]!.writes!.rest, 0)
  assert.equal(scenario.checkpoints!.settle, 1_500)
  assert.equal(scenario.checkpoints!.every, 0)
})

test('a scenario is frozen all the way down', () => {
  const scenario = load(BASE)
  assert.throws(() => Object.assign(scenario, { k: 1 }), TypeError)
  assert.throws(() => Object.assign(scenario.phases[1]!.writes as Writes, { rate: 1 }), TypeError)
})

test('extends: relative to the file that says it; maps merge, lists replace', () => {
  const files: Record<string, string> = {
    'scenarios/full/big.yaml': 'extends: ../churn.yaml\npreload: 10\nclient: { timeout: 1s }\n',
    'scenarios/churn.yaml': `extends: ./base/root.yaml\n${BASE}limits: [ghosts == 0]\n`,
    'scenarios/base/root.yaml':
      'k: 3\nclient: { timeout: 9s, connections: 2 }\nlimits: [stale == 0, ghosts == 1]\n',
  }
  const scenario = loadScenario('scenarios/full/big.yaml', (path) => files[path]!)
  assert.equal(scenario.k, 3)
  assert.equal(scenario.preload, 10)
  assert.equal(scenario.client.timeout, 1_000_000)
  assert.equal(scenario.client.connections, 2)
  assert.deepEqual(
    scenario.limits.map(({ text }) => text),
    ['ghosts == 0'],
  )
})

test('a circle of extends is refused, and a file that cannot be read', () => {
  const files: Record<string, string> = {
    'a.yaml': 'extends: b.yaml',
    'b.yaml': 'extends: ./a.yaml',
  }
  assert.equal(
    told(() => loadScenario('a.yaml', (path) => files[path]!))[0],
    'b.yaml:1: extends: a circle: a.yaml -> b.yaml -> a.yaml',
  )
  assert.throws(() => loadScenario('a.yaml', () => assert.fail('no such file')), {
    code: 'SCENARIO_FILE',
    message: 'The scenario a.yaml cannot be read: no such file.',
  })
})

test('every problem is told at once, with place, key, what was found, what is allowed', () => {
  const broken = BASE.replace('200/s', '200').replace('100/s }', '100/s, pick: zip }')
  const more = `preloaded: 5
k: 0
probes: { share: 150%, growth: 1 }
checkpoints: { every: 2x }
limits: [ingestToSearchable.uper.p99 <= 100ms]
`
  assert.deepEqual(
    told(() => load(broken + more, 'phases.churn.for=3')),
    [
      'a.yaml:7: phases.churn.writes.rate: found 200; allowed: a rate above 0 with its unit, such as 200/s',
      'a.yaml:8: phases.churn.searches.pick: found "zip"; allowed: uniform | zipf | each',
      'a.yaml:9: preloaded: unknown key; allowed: name, about, dataset, metric, k, index, preload, client, phases, runbook, reembed, probes, checkpoints, limits; nearest: preload',
      'a.yaml:10: k: found 0; allowed: a whole number, 1 or more',
      'a.yaml:11: probes.share: found "150%"; allowed: a share from 0% to 100%, such as 15%',
      'a.yaml:11: probes.growth: found 1; allowed: a factor from 1.01 to 10, such as 1.2',
      'a.yaml:12: checkpoints.every: found "2x"; allowed: a time above 0 with its unit (us, ms, s, m, h), such as 30s',
      'a.yaml:13: limits.0: found "ingestToSearchable.uper.p99 <= 100ms"; ingestToSearchable has no "uper"; allowed: probed, ineligible, seen, neverSeen, notObserved, superseded, lost, flicker, storedNotFound, lower, upper, stableSince, firstVisibleToExact, probes; nearest: upper',
      '--set phases.churn.for=3: phases.churn.for: found 3; allowed: a time above 0 with its unit (us, ms, s, m, h), such as 30s',
    ],
  )
})

/** One broken scenario, and the one line that is told of it. */
const GOLDEN: readonly (readonly [
  why: string,
  text: string,
  sets: readonly string[],
  line: string,
])[] = [
  [
    'missing key',
    BASE.replace('name: churn\n', ''),
    [],
    'a.yaml:1: name: found nothing; allowed: a name of small letters, digits and -',
  ],
  ['not a map', '- 1', [], 'a.yaml:1: allowed: a map of keys, such as name: churn'],
  ['duplicate key', `${BASE}name: x\n`, [], 'a.yaml:9: Map keys must be unique'],
  ['alias', `${BASE}preload: *x\n`, [], 'a.yaml:9: anchors and aliases are not read; use extends'],
  [
    'burst',
    BASE,
    ['phases.churn.writes.arrivals={ every: 10s, for: 2s }'],
    '--set phases.churn.writes.arrivals={ every: 10s, for: 2s }: phases.churn.writes.arrivals.rate: found nothing; allowed: a rate above 0 with its unit, such as 200/s',
  ],
  [
    'burst too long',
    BASE,
    ['phases.churn.writes.arrivals={ every: 1s, for: 2s, rate: 1/s }'],
    '--set phases.churn.writes.arrivals={ every: 1s, for: 2s, rate: 1/s }: phases.churn.writes.arrivals.for: found "2s"; allowed: at most `every`',
  ],
  [
    'dataset',
    BASE,
    ['dataset=clustered'],
    '--set dataset=clustered: dataset: found "clustered"; allowed: { name: … } of the catalog with its parameters, { path: …, queries: … } or { file: … }',
  ],
  [
    'deadline above rest',
    BASE,
    ['probes.deadline=20s', 'phases.churn.writes.rest=10s'],
    '--set phases.churn.writes.rest=10s: phases.churn.writes.rest: found "10s"; allowed: a rest of at least probes.deadline, 20s',
  ],
  [
    'rest with newest',
    BASE,
    ['phases.churn.writes.pick=newest', 'phases.churn.writes.rest=1s'],
    '--set phases.churn.writes.rest=1s: phases.churn.writes.rest: found "1s"; allowed: 0s, for pick newest takes rows that have not rested',
  ],
  [
    'update with one revision',
    BASE,
    ['dataset.revisions=1', 'phases.churn.writes.mix.update=1'],
    '--set phases.churn.writes.mix.update=1: phases.churn.writes.mix.update: found 1; allowed: 0, for with dataset.revisions 1 there is nothing to update to',
  ],
  [
    'no weight',
    BASE,
    ['phases.churn.writes.mix={ insert: 0, delete: 0 }'],
    '--set phases.churn.writes.mix={ insert: 0, delete: 0 }: phases.churn.writes.mix: found {"insert":0,"delete":0}; allowed: at least one weight above 0',
  ],
  [
    'two phases of a name',
    BASE,
    ['phases.0.name=churn'],
    'a.yaml:5: phases.churn.name: found "churn"; allowed: a name that no other phase has',
  ],
  ['nothing measured', BASE, ['phases.churn.measured=false'], 'a.yaml:3: phases: found'],
  [
    'control after the phase',
    BASE,
    ['phases.churn.control=[{ at: 31s, do: compact }]'],
    '--set phases.churn.control=[{ at: 31s, do: compact }]: phases.churn.control.0.at: found "31s"; allowed: an instant within the phase',
  ],
  [
    'checkpoint without the key',
    BASE,
    ['phases.churn.control=[{ at: 3s, do: checkpoint }]'],
    '--set phases.churn.control=[{ at: 3s, do: checkpoint }]: phases.churn.control.0.do: found "checkpoint"; a checkpoint needs the key checkpoints, which says how it is done',
  ],
  [
    'swap without blue-green',
    BASE,
    ['phases.churn.control=[{ at: 3s, do: swap }]'],
    '--set phases.churn.control=[{ at: 3s, do: swap }]: phases.churn.control.0.do: found "swap"; swap needs a second collection: reembed with style blue-green',
  ],
  [
    'create too early',
    BASE,
    ['phases.warm-up.for=1s', 'reembed={ style: blue-green, rate: 1/s, at: 0s }'],
    '--set reembed={ style: blue-green, rate: 1/s, at: 0s }: reembed.at: found "0s"; allowed: 1s or later, for the new collection is created 2s before',
  ],
  [
    'first above deadline',
    BASE,
    ['probes={ first: 20s }'],
    '--set probes={ first: 20s }: probes.first: found "20s"; allowed: less than probes.deadline',
  ],
  [
    'limit without a unit',
    BASE,
    ['limits=[latency.search.response.p99 <= 100]'],
    '--set limits=[latency.search.response.p99 <= 100]: limits.0: found "latency.search.response.p99 <= 100"; allowed: a bound with its unit (us, ms, s, m, h), such as latency.search.response.p99 <= 100ms',
  ],
  [
    'limit on no number',
    BASE,
    ['limits=[recall.live >= 1]'],
    '--set limits=[recall.live >= 1]: limits.0: found "recall.live >= 1"; recall.live is not a number; go on to one below it',
  ],
  [
    'limit on no phase',
    BASE,
    ['limits=[phases.calm.ghosts == 0]'],
    '--set limits=[phases.calm.ghosts == 0]: limits.0: found "phases.calm.ghosts == 0"; phases has no "calm"; allowed: warm-up, churn',
  ],
  [
    'no such entry to set',
    BASE,
    ['phases.calm.for=1s'],
    '--set phases.calm.for=1s: calm: no such entry; allowed: warm-up, churn',
  ],
  ['a set without =', BASE, ['k'], '--set k: allowed: path=value, such as phases.churn.for=10s'],
]

for (const [why, text, sets, line] of GOLDEN) {
  test(`refused: ${why}`, () => {
    const lines = told(() => load(text, ...sets))
    assert.ok(
      lines.some((one) => one === line || (line.endsWith('found') && one.startsWith(line))),
      lines.join('\n'),
    )
  })
}

test('a file that is no text is refused by that, not by its bytes', () => {
  assert.throws(() => loadScenario('base.fbin', () => 'name: \0\u0001'), {
    code: 'SCENARIO_FILE',
    message: 'The scenario base.fbin cannot be read: it is no text.',
  })
})
