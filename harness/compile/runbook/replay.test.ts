import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withRevisions } from '../../../datasets/index.ts'
import { DELETE, type Scenario, SEARCH, type Trace, UPSERT } from '../../model/index.ts'
import { fakeDataset } from '../dataset.fixture.ts'
import { compile, describeTrace, loadScenario, runbookRevisions } from '../index.ts'
import {
  insert,
  remove,
  replace,
  STAND_INS,
  type Step,
  search,
  statesOf,
  yamlOf,
} from './runbook.fixture.ts'

const base = fakeDataset({ rows: 600, dimensions: [4], queries: 5 })

const scenarioOf = (steps: readonly Step[], ...sets: readonly string[]): Scenario => {
  const text = `
name: test
dataset: { name: fake }
k: 3
runbook: { file: rb.yaml, rate: 1000/s }
checkpoints: { settle: 1s, rate: 100/s }
`
  const files: Readonly<Record<string, string>> = {
    'dir/rb.yaml': yamlOf(steps),
    'dir/test.yaml': text,
  }
  const read = (path: string): string => {
    const found = files[path]
    if (found === undefined) throw new Error('no such file')
    return found
  }
  return loadScenario('dir/test.yaml', read, sets)
}

const played = (steps: readonly Step[], ...sets: readonly string[]) => {
  const scenario = scenarioOf(steps, ...sets)
  const dataset = withRevisions(base, runbookRevisions(scenario.runbook!.steps))
  return { dataset, trace: compile(scenario, dataset, 1) }
}

/** id → version as the writes of a trace leave it before each checkpoint; a version may come once. */
const heldAt = ({ meta, ops }: Trace): readonly ReadonlyMap<number, number>[] => {
  const held = new Map(Array.from({ length: meta.preload }, (_, id) => [id, 0]))
  const seen = new Set([...held].map(([id, version]) => `${id}/${version}`))
  const states: ReadonlyMap<number, number>[] = []
  const pass = (at: number): void => {
    while (states.length < meta.checkpoints.length && meta.checkpoints[states.length]!.from <= at) {
      states.push(new Map(held))
    }
  }
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== UPSERT && ops.kind[op] !== DELETE) continue
    pass(ops.at[op]!)
    for (const { from, to } of meta.checkpoints) {
      assert.ok(ops.at[op]! < from || ops.at[op]! >= to, 'writes stand still at a checkpoint')
    }
    for (let place = ops.rows[op]!; place < ops.rows[op + 1]!; place++) {
      const id = ops.ids[place]!
      const key = `${id}/${ops.versions[place]}`
      if (ops.kind[op] === DELETE) assert.ok(held.delete(id), `row ${id} is there`)
      else {
        assert.ok(!seen.has(key), `${key} is written once`)
        seen.add(key)
        held.set(id, ops.versions[place]!)
      }
    }
  }
  pass(Number.POSITIVE_INFINITY)
  return states
}

for (const [name, steps] of Object.entries(STAND_INS)) {
  test(`${name}: at each search the trace holds the tags and vectors that the runbook says`, () => {
    for (const sets of [[], ['runbook.batch=7'], ['preload=5']]) {
      const { dataset, trace } = played(steps, ...sets)
      const { vectors } = dataset.models[0]!
      const states = heldAt(trace)
      const expected = statesOf(steps)
      assert.equal(states.length, expected.length)
      states.forEach((held, i) => {
        assert.deepEqual(new Set(held.keys()), new Set(expected[i]!.keys()))
        for (const [id, version] of held) {
          const row = base.models[0]!.vectors.at(expected[i]!.get(id)!)
          assert.deepEqual(vectors.at(version * dataset.rows + id), row)
        }
      })
    }
  })
}

test('rows come evenly at the rate, a step with an eventRate at its own; a request holds one step’s rows', () => {
  const own = { operation: 'batch_insert', start: 10, end: 14, eventRate: 2 }
  const { trace } = played([insert(0, 10), own, remove(0, 3)], 'runbook.batch=4')
  const { at, kind, rows } = trace.ops
  assert.deepEqual(
    [...at].map((due, op) => [due, kind[op], rows[op + 1]! - rows[op]!]),
    [
      [0, UPSERT, 4],
      [4_000, UPSERT, 4],
      [8_000, UPSERT, 2],
      [10_000, UPSERT, 4],
      [2_010_000, DELETE, 3],
    ],
  )
  assert.equal(trace.meta.end, 2_013_000)
})

test('each search step asks every query once, two in a row as two checkpoints', () => {
  const { trace } = played([insert(0, 4), search, search, remove(0, 2)])
  const { ops, meta } = trace
  const asked = [0, 1].map((checkpoint) =>
    [...ops.query].filter((_, op) => ops.kind[op] === SEARCH && ops.checkpoint[op] === checkpoint),
  )
  assert.deepEqual(asked, [
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
  ])
  assert.deepEqual(
    meta.checkpoints.map(({ from }) => from),
    [4_000, 1_054_000],
  )
  assert.match(describeTrace(trace), /runbook {6}set, 4 steps, at most 4 rows live, max_pts 1000\n/)
})

test('the trace is the same each time, and another where the runbook is another', () => {
  const hash = (steps: readonly Step[]) => played(steps).trace.meta.hash
  assert.equal(hash(STAND_INS.simple!), hash(STAND_INS.simple!))
  assert.notEqual(hash([insert(0, 9), replace(0, 3, 2)]), hash([insert(0, 9), replace(0, 4, 2)]))
})

test('the first of a tag is an insert, all later ones are updates; ladders need no rest', () => {
  const { trace } = played(STAND_INS.simple!, 'probes.share=100%')
  assert.deepEqual(trace.meta.probes.probed, { insert: 600, update: 300, delete: 300 })
})

test('what goes with no runbook is refused', () => {
  const steps = [insert(0, 20), search]
  const refused = (message: RegExp, ...sets: readonly string[]) =>
    assert.throws(() => scenarioOf(steps, ...sets), message)
  refused(/preload: found 30; allowed: at most 20, the rows from 0 on that step 1/, 'preload=30')
  refused(
    /checkpoints: found null; allowed: a map that says how the searches of step 2/,
    'checkpoints=null',
  )
  refused(
    /checkpoints.every: found "1s"; allowed: nothing, for the runbook/,
    'checkpoints.every=1s',
  )
  refused(/phases: .*allowed: none, for the runbook says/, 'phases=[{ name: a, for: 1s }]')
  refused(/reembed: .*allowed: nothing beside/, 'reembed={ style: in-place, rate: 1/s }')
  refused(/The runbook gone.yaml cannot be read/, 'runbook.file=gone.yaml')
})
