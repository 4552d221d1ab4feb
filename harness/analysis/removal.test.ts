import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removalOf } from './removal.ts'
import {
  type EventLiteral,
  type HitLiteral,
  type OpLiteral,
  probe,
  remove,
  runOf,
  upsert,
} from './run.fixture.ts'
import { viewOf } from './view.ts'
import { probingOf } from './visibility.ts'

const ROW = [2, 0] as const
const removal = (...ops: readonly OpLiteral[]) =>
  removalOf(probingOf(viewOf(runOf({ ops, preload: 5 }))), () => true, false)!

/** The delete of row 2, due at 100 ms; it is op 0 of every list. */
const deleted = (event: EventLiteral = {}) => remove(100, [2], event)
const ask = (at: number, hits: readonly HitLiteral[], event: EventLiteral = {}) =>
  probe(at, 0, ROW, hits, event, { expect: at < 100 ? 1 : 0 })
const FINDABLE = ask(90, [ROW])

test('L is the issue of the last probe that returned the row, U the answer of the first absence after it', () => {
  const found = removal(
    deleted(),
    FINDABLE,
    ask(103, [ROW]),
    ask(107, [ROW]),
    ask(115, [], { done: 118 }),
  )
  assert.deepEqual([found.lower.max, found.upper.max, found.returnedAfter], [7, 18, 1])
  assert.equal(found.proven, false)
})

test('an approximate miss proves nothing: a row that comes back moves L', () => {
  const found = removal(
    deleted(),
    FINDABLE,
    ask(103, []),
    ask(107, []),
    ask(300, [ROW]),
    ask(400, []),
  )
  assert.deepEqual([found.lower.max, found.upper.max], [200, 301])
})

test('a delete whose row was not returned before it was due is not scored', () => {
  for (const before of [[], [ask(90, [])], [ask(90, [ROW], { outcome: 'unknown' })]]) {
    const found = removal(deleted(), ...before, ask(103, []))
    assert.deepEqual([found.probed, found.notFindableBefore, found.lower.n], [1, 1, 0])
  }
})

test('a probe sent late, after the delete was due, does not tell that the row was findable before', () => {
  assert.equal(removal(deleted(), ask(90, [ROW], { sent: 101 }), ask(103, [])).notFindableBefore, 1)
})

test('a row that is never absent has U = +Infinity; one never returned has L = 0', () => {
  const stays = removal(deleted(), FINDABLE, ask(103, [ROW]), ask(500, [ROW]))
  assert.deepEqual([stays.lower.max, stays.upper.max], [400, Infinity])
  const gone = removal(deleted(), FINDABLE, ask(103, []))
  assert.deepEqual([gone.lower.max, gone.upper.max, gone.returnedAfter], [0, 4, 0])
})

test('a delete that surely failed is not among the probed; one of unknown outcome is open at both ends', () => {
  assert.equal(removal(deleted({ outcome: 'fail' }), FINDABLE, ask(103, [ROW])), null)
  const unknown = removal(deleted({ outcome: 'unknown' }), FINDABLE, ask(103, [ROW]), ask(110, []))
  assert.deepEqual([unknown.lower.max, unknown.upper.max], [0, Infinity])
})

test('a row that is stored again under the same tag is no sign that the delete failed', () => {
  const again = upsert(200, [[2, 1]])
  const late = ask(199, [[2, 1]], { done: 202 })
  const found = removal(deleted(), FINDABLE, ask(103, []), late, again)
  assert.deepEqual([found.lower.max, found.upper.max, found.returnedAfter], [0, 4, 0])
})
