import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRunbook } from './index.ts'
import { insert, remove, replace, type Step, search, yamlOf } from './runbook.fixture.ts'

const read = (text: string, name?: string) => readRunbook(text, 'rb.yaml', name)
const refused = (text: string, message: string, name?: string) =>
  assert.throws(
    () => read(text, name),
    (error: Error) => {
      assert.ok(error.message.includes(message), error.message)
      return true
    },
  )
const steps = (...list: readonly Step[]) => yamlOf(list)

test('the steps of a file, in whatever order its keys stand', () => {
  const found = read(`
set:
  2: {operation: search}
  gt_url: "none"
  1:
    end: 3
    start: 1
    operation: "insert"
  3: {ids_end: 8, ids_start: 7, tags_end: 3, operation: replace, tags_start: 2}
  4: {operation: delete, start: 1, end: 2}
  max_pts: 2
`)
  assert.deepEqual(found.steps, [
    { do: 'insert', start: 1, end: 3 },
    { do: 'search' },
    { do: 'replace', start: 2, end: 3, from: 7 },
    { do: 'delete', start: 1, end: 2 },
  ])
  assert.deepEqual([found.name, found.maxPoints, found.peak, found.initial], ['set', 2, 2, 0])
})

test('one of several data sets is chosen by name, and must be', () => {
  const two = yamlOf([insert(0, 1)], 1, 'a') + yamlOf([insert(0, 2)], 2, 'b')
  assert.equal(read(two, 'b').peak, 2)
  assert.equal(read(`${yamlOf([insert(0, 1)], 1, 'a')}driftmark: { times: [] }\n`).name, 'a')
  refused(two, 'rb.yaml has 2 data sets; it has a, b: choose one with --dataset-name')
  refused(two, 'no data set "c"; it has a, b', 'c')
})

test('the steps of CANDOR-Bench that mean something to a server, and those that do not', () => {
  const found = read(`
set:
  1: {operation: initial, start: 0, end: 5}
  2: {operation: batch_insert, start: 5, end: 9, batchSize: 2, eventRate: 400}
  3: {operation: waitPending}
`)
  assert.deepEqual(found.steps, [
    { do: 'insert', start: 0, end: 5 },
    { do: 'insert', start: 5, end: 9, rate: 400 },
    { do: 'wait' },
  ])
  assert.deepEqual([found.initial, found.maxPoints], [5, null])
  assert.deepEqual(read(steps(insert(0, 1), { operation: 'endHPC' })).passedBy, ['step 2, endHPC'])
})

test('a gap in the numbers is refused: nothing stays unread in silence', () => {
  const text = steps(insert(0, 4), search, remove(0, 2), search).replace('  2:', '  9:')
  refused(text, 'rb.yaml:5: set: step 2 is missing, and 3 steps would stay unread')
  refused('set:\n  max_pts: 3\n', 'rb.yaml:1: set: it has no step 1')
  refused('set:\n  0: {operation: search}\n', 'step 1 is missing')
})

test('a tag that is not there is refused, with the step and the tag', () => {
  refused(steps(insert(0, 4), remove(2, 6)), 'rb.yaml:4: set.2: tag 4 is not there; delete takes')
  refused(steps(insert(0, 4), remove(0, 2), remove(1, 3)), 'set.3: tag 1 is not there')
  refused(steps(insert(0, 4), replace(3, 0, 2)), 'set.2: tag 4 is not there; replace takes')
  refused(steps(search, insert(0, 4)), 'set.1: the first step must be an insert')
})

test('what is no step is refused with its line and what is allowed', () => {
  const cases: readonly [Step, string][] = [
    [
      { operation: 'inserts', start: 0, end: 1 },
      'set.2.operation: found "inserts"; allowed: insert |',
    ],
    [
      { operation: 'insert', start: 0 },
      'rb.yaml:4: set.2.end: found nothing; allowed: a whole number',
    ],
    [{ operation: 'insert', start: -1, end: 1 }, 'set.2.start: found -1; allowed: a whole number'],
    [{ operation: 'insert', start: 0.5, end: 1 }, 'set.2.start: found 0.5'],
    [insert(3, 3), 'start is 3, and end 3: the range holds nothing'],
    [{ ...replace(0, 1, 2), ids_end: 9 }, 'it replaces 2 tags by 8 rows'],
    [
      { operation: 'batch_insert', start: 4, end: 6, eventRate: 0 },
      'eventRate is 0; allowed: rows a second',
    ],
  ]
  for (const [step, message] of cases) refused(steps(insert(0, 4), step), message)
  refused('- a\n- b\n', 'allowed: a map of data sets')
  refused(
    'set: {1: {operation: insert, start: 0, end: 1}, max_pts: many}',
    'set.max_pts: found "many"',
  )
  refused('set:\n  1: {operation: insert, start: 0\n', 'rb.yaml:')
  refused('set:\n  1: {operation: search}\n  1: {operation: search}\n', 'Map keys must be unique')
})
