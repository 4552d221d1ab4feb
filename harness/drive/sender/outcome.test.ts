import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAIL, refusal, UNKNOWN } from '../../model/index.ts'
import { writeFailure } from './outcome.ts'

const outcomeOf = (error: unknown) => writeFailure(error, [1, 2, 3]).outcome

test('a rejected write may have happened, unless its error says that it did not', () => {
  assert.equal(outcomeOf(new Error('reset')), UNKNOWN)
  assert.equal(outcomeOf('no error at all'), UNKNOWN)
  assert.equal(outcomeOf(refusal('no room')), FAIL)
})

test('where rows are refused by name, the others may have been written', () => {
  const named = (refused: readonly number[]) => Object.assign(new Error('some'), { refused })
  assert.equal(outcomeOf(named([1, 3])), UNKNOWN)
  assert.equal(outcomeOf(refusal('some', { refused: [1, 3] })), UNKNOWN)
  assert.deepEqual(writeFailure(named([1, 3]), [1, 2, 3]).refused, [1, 3])
})

test('a write of which every row is refused by name did not happen', () => {
  assert.equal(outcomeOf(Object.assign(new Error('all'), { refused: [3, 2, 1] })), FAIL)
})
