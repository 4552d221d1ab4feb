import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Adapter, type Engine, type Launched, refusal } from '../harness/model/index.ts'
import { elsewhere } from './contract/elsewhere.ts'
import { memory } from './contract/memory.fixture.ts'
import { wire } from './contract/wire.ts'
import { type CaseResult, CONTRACT, runContract } from './contract.ts'
import { adapter as sim } from './sim/adapter.ts'

const clock = { now: () => performance.now() * 1000 }

const run = async (adapter: Adapter): Promise<CaseResult[]> => {
  const results: CaseResult[] = []
  for await (const result of runContract(adapter, null, { clock })) results.push(result)
  return results
}

const NEEDS_SERVER = 'a write that meets a killed server is unknown'
const NEED_SERVER = [NEEDS_SERVER, ...[...wire, ...elsewhere].map(({ name }) => name)]

test('a plain engine passes every case', async () => {
  for (const { name, outcome, detail } of await run(memory())) {
    const expected = NEED_SERVER.includes(name) ? 'unsupported' : 'passed'
    assert.equal(outcome, expected, `${name}: ${detail}`)
  }
})

test('an engine of the four required methods alone passes or is told what it does not support', async () => {
  const four = memory()
  const { drop: _drop, swap: _swap, launch: _launch, ...required } = four
  const bare: Adapter = {
    ...required,
    open: async (options, at, clock) => {
      const { upsert, delete: remove, search, close } = await four.open(options, at, clock)
      return { upsert, delete: remove, search, close }
    },
  }
  const results = await run(bare)
  assert.deepEqual(
    results.filter(({ outcome }) => outcome === 'failed'),
    [],
  )
  const absent = results.filter(({ outcome }) => outcome === 'unsupported')
  assert.ok(absent.some(({ detail }) => detail === 'the engine has no get'))
  assert.ok(absent.some(({ detail }) => detail === 'the adapter has no swap'))
})

const never = () => new Promise<never>(() => {})

/** The sim, its upserts changed. */
const simWith = (upsert: (engine: Engine) => Engine['upsert']): Adapter => ({
  ...sim,
  open: async (options, at, clock) => {
    const engine = await sim.open(options as Parameters<typeof sim.open>[0], at, clock)
    return { ...engine, upsert: upsert(engine) }
  },
  launch: sim.launch as (dir: string, options: unknown) => Promise<Launched<unknown>>,
})

test('a write to a killed server may neither say fail nor hang nor be acknowledged for ever', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-contract-'))
  t.after(() => rm(dir, { recursive: true }))
  const cases = CONTRACT.filter(({ name }) => name === NEEDS_SERVER)
  const sayFail = simWith(
    (engine) => (rows, signal) =>
      engine.upsert(rows, signal).catch((cause) => {
        throw refusal('connection lost', { cause })
      }),
  )
  const hang = simWith(
    (engine) => (rows, signal) => engine.upsert(rows, signal).catch(() => never()),
  )
  const launch = { dir, options: {} }
  for (const [adapter, sentence] of [
    [sayFail, /say fail/],
    [hang, /neither resolved nor rejected/],
  ] as const) {
    for await (const result of runContract(adapter, {}, { clock, cases, launch, patience: 1000 })) {
      assert.equal(result.outcome, 'failed')
      assert.match(result.detail, sentence)
    }
  }
})
