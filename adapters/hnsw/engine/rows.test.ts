import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { stream } from '../../../harness/model/rng.ts'
import { createAsking } from './asking.ts'
import { attachHnsw, type Parameters, type SharedIndex } from './index.ts'
import { createMemory } from './memory.ts'
import { BEHIND, CAME, idOf, isMortal, type Task, WENT } from './rows.fixture.ts'

const PARAMETERS: Parameters = {
  dimensions: 1,
  metric: 'l2',
  m: 2,
  efConstruction: 4,
  seed: 1,
  selection: 'heuristic',
}
const VECTOR = Float32Array.of(1)

/** The same place in every small map: multiples of a power of two hash to multiples of it. */
const colliding = (i: number): number => (i * 2 ** 20) >>> 0

/** Rows come and go in some order; `share` of what is done takes one out. After each step the rows touched are there or not, at times all. */
const program = (steps: number, ids: number, share: number, idOf: (i: number) => number) =>
  fc.tuple(fc.constant({ steps, ids, share, idOf }), fc.integer())

test('the map of ids holds what was put last, through all sizes, and while rows move from one map to the next', () => {
  const programs = fc.oneof(
    program(3000, 3000, 0.1, (i) => i),
    program(3000, 200, 0.5, colliding),
    program(3000, 4000, 0.45, colliding),
    program(3000, 2 ** 32 - 1, 0.3, (i) => i),
    // What comes goes again: most of what fills the map has gone.
    program(3000, 2 ** 32 - 1, 0.5, (i) => i),
  )
  fc.assert(
    fc.property(programs, ([{ steps, ids, share, idOf }, seed]) => {
      const { kernel, context, shared, taken } = createMemory(PARAMETERS)
      const { ask } = createAsking(kernel, shared, context, 1, 'exact', taken)
      ask(VECTOR)
      const chance = stream(seed, 'rows')
      const live = new Map<number, number>()
      const gone = new Set<number>()
      const check = (id: number): void => {
        const slot = kernel.find(id)
        assert.equal(slot !== -1, live.has(id), `row ${id}`)
        assert.equal(slot, live.get(id) ?? -1)
      }
      for (let step = 0; step < steps; step++) {
        const isDelete = chance.uniform() < share
        const [oldest] = live.keys()
        const drawn = idOf(Math.floor(chance.uniform() * ids))
        const id = isDelete && oldest !== undefined && chance.uniform() < 0.9 ? oldest : drawn
        if (isDelete) {
          assert.equal(kernel.bury(context, id), live.has(id) ? 1 : 0)
          if (live.delete(id)) gone.add(id)
        } else {
          assert.equal(kernel.upsert(context, id, step, 0, 1), 1)
          const slot = kernel.find(id)
          assert.notEqual(slot, live.get(id) ?? -1, 'a node of its own')
          live.set(id, slot)
        }
        check(id)
        if (step % 97 === 0) for (const one of [...live.keys(), ...gone]) check(one)
      }
      assert.equal(kernel.liveRows(), live.size)
    }),
    { numRuns: 24 },
  )
})

test('a reader finds every row by its id while the map of ids grows beside it', async () => {
  const rows = 120_000
  const board = new SharedArrayBuffer(8)
  const told = new Int32Array(board)
  const workerData: Task = { parameters: PARAMETERS, rows, board }
  const worker = new Worker(new URL('./rows.fixture.ts', import.meta.url), { workerData })
  const [shared] = (await once(worker, 'message')) as [SharedIndex]
  const ended = once(worker, 'exit')
  const reader = attachHnsw(shared)
  const chance = stream(5, 'reader')
  let asked = 0
  for (let came = 0; came < rows; came = Atomics.load(told, CAME)) {
    if (came === 0) continue
    // Old ones, and one that came just now.
    for (const row of [Math.floor(chance.uniform() * came), came - 1]) {
      const wentBefore = Atomics.load(told, WENT) - 1
      const { versions } = reader.get([idOf(row)])
      const mayHaveGone = isMortal(row) && row < Atomics.load(told, WENT)
      if (!mayHaveGone) assert.equal(versions[0], row, `row ${row} of ${came} is there`)
      else if (row < wentBefore) assert.equal(versions.length, 0, `row ${row} of ${came} has gone`)
      asked++
    }
  }
  await ended
  assert.ok(asked > BEHIND)
  for (let row = 0; row < rows; row++) {
    const { versions } = reader.get([idOf(row)])
    assert.equal(versions.length, isMortal(row) && row < rows - BEHIND ? 0 : 1)
  }
})
