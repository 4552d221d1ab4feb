import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type History, MILLI, type Op } from '../model/index.ts'
import type { Manners } from './fake.fixture.ts'
import { dataset, hitsOf, planOf, played, told } from './session.fixture.ts'
import { control, search } from './trace.fixture.ts'

test('controls: a checkpoint is a mark, compact is asked for or not supported', async () => {
  const ops = [control(0, 'checkpoint'), control(0, 'compact')]
  assert.deepEqual(told(await played(planOf(ops))), [
    [0, 'ok', undefined],
    [1, 'ok', undefined],
  ])
  assert.deepEqual(told(await played(planOf(ops, { without: ['compact'] })))[1], [
    1,
    'fail',
    'not supported',
  ])
})

/** Space 0 holds model 1, space 1 another. */
const blueGreen = (manners: Manners, model = 1, backfilledAt = 1000) => {
  const follow = (at: number): Op => ({ ...search(at), model: 0 }) as Op
  const backfill: Op = {
    phase: 0,
    space: 1,
    at: backfilledAt * MILLI,
    kind: 'upsert',
    rows: [{ id: 1, version: model - 1 }],
  }
  const ops: Op[] = [
    follow(0),
    control(10, 'create', 1),
    backfill,
    control(1010, 'swap', 1),
    follow(2000),
    control(2100, 'drop', 0),
  ]
  const dimensions = dataset.models.map((one) => one.dimensions)
  return planOf(ops, manners, { meta: { spaces: [{ model: 1 }, { model }], dimensions } })
}
const spacesOf = (history: History) => [0, 4].map((op) => history.space[history.op.indexOf(op)])

test('blue-green: searches follow the alias once the swap is acknowledged; the old collection is dropped', async () => {
  const history = await played(blueGreen({ slow: 50 }))
  assert.deepEqual(
    told(history),
    [0, 1, 2, 3, 4, 5].map((op) => [op, 'ok', undefined]),
  )
  assert.deepEqual(spacesOf(history), [0, 1])
  assert.deepEqual(hitsOf(history, 4), [1])
  const [backfilled, swapped] = [2, 3].map((op) => history.op.indexOf(op))
  assert.ok(history.sent[swapped!]! >= history.done[backfilled!]!)
})

test('blue-green: a swap that fails leaves the searches where they were, and nothing is dropped', async () => {
  const history = await played(blueGreen({ loseSwap: true }))
  assert.deepEqual(told(history).slice(3), [
    [3, 'fail', 'no alias today'],
    [4, 'ok', undefined],
    [5, 'skipped', 'skip:no-swap'],
  ])
  assert.deepEqual(spacesOf(history), [0, 0])
})

test('blue-green: where the dimensions differ the searches name the collection, and change model with it', async () => {
  const history = await played(blueGreen({ loseSwap: true }, 3))
  assert.deepEqual(
    told(history),
    [0, 1, 2, 3, 4, 5].map((op) => [op, 'ok', undefined]),
  )
  assert.deepEqual(spacesOf(history), [0, 1])
  assert.deepEqual(
    [0, 4].map((op) => history.model[history.op.indexOf(op)]),
    [1, 3],
  )
  assert.deepEqual(hitsOf(history, 4), [1])
})

test('blue-green: a write that is due while its collection is being created waits for it, sent as of its due instant', async () => {
  const history = await played(blueGreen({ second: 'slowly' }, 1, 11))
  assert.deepEqual(
    told(history),
    [0, 1, 2, 3, 4, 5].map((op) => [op, 'ok', undefined]),
  )
  const [created, written] = [1, 2].map((op) => history.op.indexOf(op))
  assert.ok(history.sent[written!]! < history.done[created!]!)
  assert.ok(history.done[written!]! >= history.done[created!]!)
})

test('blue-green: writes into a collection that could not be created surely did not happen', async () => {
  const history = await played(blueGreen({ second: 'never' }, 1, 11))
  assert.deepEqual(told(history).slice(1, 4), [
    [1, 'unknown', 'no room for a second'],
    [2, 'fail', 'collection not open'],
    [3, 'fail', 'collection not open'],
  ])
})
