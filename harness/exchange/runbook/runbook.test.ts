import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewOf } from '../../analysis/index.ts'
import { remove, upsert } from '../../analysis/run.fixture.ts'
import { CHURN, checkedRun, strict } from './checked-run.fixture.ts'
import { runbookOf } from './runbook.ts'

test('inserts number the vectors, an update replaces the vector behind its tag, a delete takes the tag', () => {
  const { steps, ids, versions, peak } = runbookOf(viewOf(checkedRun(CHURN, [50, 100])), strict)
  assert.deepEqual(steps, [
    { operation: 'insert', start: 0, end: 3 },
    { operation: 'insert', start: 3, end: 5 },
    { operation: 'replace', tags_start: 1, tags_end: 2, ids_start: 5, ids_end: 6 },
    { operation: 'delete', start: 0, end: 1 },
    { operation: 'search' },
    { operation: 'replace', tags_start: 1, tags_end: 2, ids_start: 6, ids_end: 7 },
    { operation: 'delete', start: 3, end: 4 },
    { operation: 'search' },
  ])
  assert.deepEqual([...ids], [0, 1, 2, 3, 4, 1, 1])
  assert.deepEqual([...versions], [0, 0, 0, 0, 0, 1, 2])
  assert.equal(peak, 5)
})

test('writes stand in the order of their answers, not of their due instants', () => {
  const ops = [upsert(10, [[3, 0]], { done: 40 }), upsert(20, [[4, 0]], { done: 25 })]
  const { ids } = runbookOf(viewOf(checkedRun(ops, [50])), strict)
  assert.deepEqual([...ids], [0, 1, 2, 4, 3])
})

test('a plain runbook joins neighbouring requests where their ranges do', () => {
  const ops = [upsert(10, [[3, 0]]), upsert(12, [[4, 0]]), remove(20, [0]), remove(22, [1])]
  const view = viewOf(checkedRun(ops, [50]))
  assert.equal(runbookOf(view, strict).steps.length, 6)
  assert.deepEqual(runbookOf(view, { assume: null, merge: true }).steps, [
    { operation: 'insert', start: 0, end: 5 },
    { operation: 'delete', start: 0, end: 2 },
    { operation: 'search' },
  ])
})

test('a failed write is no step; one of unknown outcome is refused, or taken as it is told', () => {
  const failed = [upsert(10, [[3, 0]], { outcome: 'fail' }), upsert(11, [[4, 0]])]
  assert.deepEqual([...runbookOf(viewOf(checkedRun(failed, [50])), strict).ids], [0, 1, 2, 4])

  const unknown = viewOf(
    checkedRun([upsert(10, [[3, 0]], { outcome: 'unknown' }), ...CHURN.slice(1, 2)], [50]),
  )
  assert.throws(() => runbookOf(unknown, strict), {
    code: 'EXPORT_UNDETERMINED',
    message: /at 0\.050 s: 1 rows have more than one possible state/,
  })
  const applied = runbookOf(unknown, { assume: 'applied', merge: false })
  const ignored = runbookOf(unknown, { assume: 'ignored', merge: false })
  assert.deepEqual([...applied.ids], [0, 1, 2, 3, 1])
  assert.deepEqual([...ignored.ids], [0, 1, 2, 1])
  assert.match(applied.said.join(), /taken as applied when they were sent/)
  assert.match(ignored.said.join(), /left out, as never applied/)
})

test('an unknown write that no search hangs on is left out, and it is said', () => {
  const ops = [upsert(10, [[3, 0]]), upsert(60, [[4, 0]], { outcome: 'unknown' })]
  const { ids, said } = runbookOf(viewOf(checkedRun(ops, [50])), strict)
  assert.deepEqual([...ids], [0, 1, 2, 3])
  assert.deepEqual(said, ['1 writes of unknown outcome are left out, as never applied'])
})

test('a write in flight at a checkpoint leaves its state undetermined; one answered before does not', () => {
  const at = (done: number) => viewOf(checkedRun([upsert(10, [[3, 0]], { done })], [50]))
  assert.throws(() => runbookOf(at(60), strict), { code: 'EXPORT_UNDETERMINED' })
  assert.equal(runbookOf(at(49), strict).searches[0]!.live, 4)
})

test('without a checkpoint there is one search at the end, and it is said', () => {
  const { steps, said } = runbookOf(viewOf(checkedRun(CHURN, [])), strict)
  assert.deepEqual(steps.at(-1), { operation: 'search' })
  assert.match(said.join(), /no checkpoint/)
})

test('a run of two collections, or without a row, is refused', () => {
  const two = checkedRun(CHURN, [50], { meta: { spaces: [{ model: 1 }, { model: 1 }] } })
  assert.throws(() => runbookOf(viewOf(two), strict), { code: 'EXPORT_IMPOSSIBLE' })
  const none = checkedRun([], [50], { preload: 0 })
  assert.throws(() => runbookOf(viewOf(none), strict), { code: 'EXPORT_IMPOSSIBLE' })
})
