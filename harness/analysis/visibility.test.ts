import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../model/index.ts'
import { provenForExact, provenStability } from './proven.ts'
import {
  type EventLiteral,
  type OpLiteral,
  probe,
  type RunLiteral,
  remove,
  runOf,
  upsert,
} from './run.fixture.ts'
import { viewOf } from './view.ts'
import { probingOf, visibilityOf } from './visibility.ts'

const ROW = [7, 0] as const
const HIT = [ROW]
const TIMED_OUT: EventLiteral = { outcome: 'unknown', error: 'timeout' }

/** Probes of row 7 for the write at place 0. */
const ask = (
  at: number,
  hits: readonly (typeof ROW)[],
  event: EventLiteral = {},
  more: Partial<OpLiteral> = {},
) => probe(at, 0, ROW, hits, event, more)

const probingIn = (literal: RunLiteral) => probingOf(viewOf(runOf(literal)))
const seen = (literal: RunLiteral, kind: 'insert' | 'update' = 'insert') =>
  visibilityOf(probingIn(literal), kind, () => true, 0)!

/** [L, U] in milliseconds and what became of it, of the only ladder. */
const proven = (...ops: readonly OpLiteral[]) => {
  const [{ lower, upper, fate }] = probingIn({ ops }).proven as [never]
  return [lower / MILLI, upper / MILLI, fate]
}

test('L is the issue of the last miss before the first hit, U the answer of that hit, both since due', () => {
  const ladder = [ask(102, []), ask(105, []), ask(110, HIT, { done: 114 }), ask(120, HIT)]
  assert.deepEqual(proven(upsert(100, [ROW], { sent: 101, done: 104 }), ...ladder), [5, 14, 'seen'])
})

test('a row that the first probe returns was searchable at some instant from 0', () => {
  assert.deepEqual(proven(upsert(100, [ROW]), ask(103, HIT, { done: 105 })), [0, 5, 'seen'])
})

test('a probe that failed or timed out is neither hit nor miss', () => {
  assert.deepEqual(
    proven(
      upsert(0, [ROW]),
      ask(2, []),
      ask(5, [], TIMED_OUT),
      ask(9, HIT, { outcome: 'fail' }),
      ask(20, HIT, { done: 22 }),
    ),
    [2, 22, 'seen'],
  )
})

test('a hit of another version or of another id is a miss', () => {
  const other = [[7, 1] as const, [8, 0] as const]
  assert.deepEqual(proven(upsert(0, [ROW]), probe(2, 0, ROW, other), ask(4, HIT, { done: 6 })), [
    2,
    6,
    'seen',
  ])
})

test('never seen: L is the last miss, U is +Infinity; so is a hit that came after the deadline', () => {
  assert.deepEqual(proven(upsert(0, [ROW]), ask(2, []), ask(900, [])), [900, Infinity, 'neverSeen'])
  assert.deepEqual(proven(upsert(0, [ROW]), ask(2, []), ask(999, HIT, { done: 1001 })), [
    2,
    Infinity,
    'neverSeen',
  ])
})

test('not observed: the rungs after the last answer failed or timed out, or there was no answer', () => {
  assert.deepEqual(proven(upsert(0, [ROW]), ask(2, []), ask(500, [], TIMED_OUT)), [
    2,
    Infinity,
    'notObserved',
  ])
  assert.deepEqual(
    proven(upsert(0, [ROW]), ask(2, [], { outcome: 'skipped', error: 'skip:tokens' })),
    [0, Infinity, 'notObserved'],
  )
})

test('superseded: the ladder ends when the next write of the id is sent; what was not seen then is open above', () => {
  const first = [upsert(0, [ROW]), ask(2, []), ask(10, [])]
  const late = [ask(60, HIT), ask(48, [], { done: 52 })]
  assert.deepEqual(proven(...first, upsert(50, [[7, 1]]), ...late), [10, Infinity, 'superseded'])
  assert.deepEqual(proven(...first, remove(50, [7]), ...late), [10, Infinity, 'superseded'])
  // a next write that surely did not happen replaces nothing
  const shed = upsert(50, [[7, 1]], { sent: null, outcome: 'fail', error: 'shed' })
  assert.deepEqual(proven(...first, shed, ...late), [48, 61, 'seen'])
})

test('a hit that was asked before the next write and answered after it still counts', () => {
  const next = upsert(50, [[7, 1]])
  assert.deepEqual(proven(upsert(0, [ROW]), ask(48, HIT, { done: 52 }), next), [0, 52, 'seen'])
})

test('a write that surely failed has no V and is not among the probed', () => {
  for (const event of [
    { outcome: 'fail' },
    { sent: null, outcome: 'fail', error: 'shed' },
  ] as const) {
    assert.deepEqual(probingIn({ ops: [upsert(0, [ROW], event), ask(2, [])] }).ladders, [])
  }
})

test('a write of unknown outcome has a V if it was seen, or found afterwards; else it is open at both ends', () => {
  const unknown = upsert(0, [ROW], TIMED_OUT)
  assert.deepEqual(proven(unknown, ask(2, []), ask(5, HIT)), [2, 6, 'seen'])
  assert.deepEqual(proven(unknown, ask(2, []), ask(5, [])), [0, Infinity, 'notObserved'])
  const found = probingIn({ ops: [unknown, ask(2, []), ask(5, [])], lookups: [[7, 0]] })
  assert.deepEqual([found.proven[0]!.lower, found.proven[0]!.fate], [5 * MILLI, 'neverSeen'])
})

test('flicker is counted, and the figure is then one of first sight', () => {
  const ops = [upsert(0, [ROW]), ask(2, HIT), ask(5, []), ask(9, HIT), ask(12, [])]
  assert.deepEqual([seen({ ops }).flicker, seen({ ops }).label], [2, 'first seen'])
  const steady = [upsert(0, [ROW]), ask(2, []), ask(5, HIT), ask(9, HIT)]
  assert.deepEqual([seen({ ops: steady }).flicker, seen({ ops: steady }).label], [0, 'searchable'])
})

test('a miss that was issued before the hit was answered is no flicker', () => {
  assert.equal(seen({ ops: [upsert(0, [ROW]), ask(2, HIT, { done: 6 }), ask(5, [])] }).flicker, 0)
})

test('stable since: from the last miss to the first hit after it, over watched rows', () => {
  const watch = { watch: true }
  const ops = [
    upsert(0, [ROW]),
    ask(2, HIT, {}, watch),
    ask(5, [], {}, watch),
    ask(9, HIT, { done: 11 }, watch),
  ]
  const { ladders, bounds } = probingIn({ ops })
  assert.deepEqual(provenStability(ladders[0]!, bounds), { lower: 5 * MILLI, upper: 11 * MILLI })
  assert.equal(seen({ ops }).stableSince.upper.max, 11)
  assert.equal(seen({ ops: ops.slice(0, 1).concat(ask(2, HIT)) }).stableSince.upper.n, 0)
})

test('stored but not found: exact search returns what the graph missed, and the second figure leaves the graph out', () => {
  const ops = [
    upsert(0, [ROW]),
    ask(2, [], {}, { exact: { sent: 3, done: 4, hits: [] } }),
    ask(200, [], {}, { exact: { sent: 201, done: 202, hits: [ROW] } }),
    ask(400, []),
  ]
  const found = seen({ ops })
  assert.deepEqual([found.storedNotFound, found.neverSeen, found.upper.max], [1, 1, Infinity])
  const { ladders, bounds } = probingIn({ ops })
  assert.deepEqual(provenForExact(ladders[0]!, bounds), { lower: 3 * MILLI, upper: 202 * MILLI })
  const without = seen({ ops, manifest: { capabilities: [] } })
  assert.deepEqual([without.storedNotFound, without.firstVisibleToExact], [null, null])
})

test('lost: acknowledged, and absent or in an impossible version when looked up; null where nothing was', () => {
  const ops = [upsert(0, [ROW]), ask(2, [])]
  assert.equal(seen({ ops, lookups: [[7, null]] }).lost, 1)
  assert.equal(seen({ ops, lookups: [[7, 3]] }).lost, 1)
  assert.equal(seen({ ops, lookups: [[7, 0]] }).lost, 0)
  assert.equal(seen({ ops, lookups: [[7, undefined]] }).lost, 0)
  assert.equal(seen({ ops }).lost, null)
  const deleted = [...ops, remove(500, [7])]
  assert.equal(seen({ ops: deleted, lookups: [[7, null]] }).lost, 0)
  const unknown = [upsert(0, [ROW], TIMED_OUT), ask(2, [])]
  assert.equal(seen({ ops: unknown, lookups: [[7, null]] }).lost, 0)
})

test('lost is the write that is gone: not one that a later write ended, nor one whose delete was lost', () => {
  const ops = [upsert(0, [ROW]), ask(2, HIT)]
  const undeleted = [...ops, remove(500, [7])]
  assert.equal(seen({ ops: undeleted, lookups: [[7, 0]] }).lost, 0)
  const updated = [...ops, upsert(500, [[7, 1]])]
  assert.equal(seen({ ops: updated, lookups: [[7, 0]] }).lost, 0)
  const probed = [...updated, probe(502, 2, [7, 1], [[7, 0]])]
  assert.equal(seen({ ops: probed, lookups: [[7, 0]] }).lost, 0)
  assert.equal(seen({ ops: probed, lookups: [[7, 0]] }, 'update').lost, 1)
})

test('an acknowledged row that is gone is lost, whatever became of a later write of unknown outcome', () => {
  const unknown = upsert(500, [[7, 1]], TIMED_OUT)
  const ops = [upsert(0, [ROW]), ask(2, HIT), unknown, probe(502, 2, [7, 1], [])]
  assert.equal(seen({ ops, lookups: [[7, null]] }).lost, 1)
  assert.equal(seen({ ops, lookups: [[7, null]] }, 'update').lost, 0)
  assert.equal(seen({ ops, lookups: [[7, 1]] }).lost, 0)
})

test('a look-up that was not answered finds nothing lost', () => {
  const ops = [upsert(0, [ROW]), ask(2, HIT), remove(500, [7])]
  const run = runOf({ ops, lookups: [[7, undefined]] })
  const lookups = { ...run.after!.lookups!, done: Float64Array.of(Number.NaN) }
  const view = viewOf({ ...run, after: { lookups, rebuilds: null } })
  assert.equal(visibilityOf(probingOf(view), 'insert', () => true, 0)!.lost, null)
})

test('an update is the new version of a row that was there; without versions it cannot be told', () => {
  const ops = [upsert(0, [ROW]), probe(2, 0, ROW, [[7, 0]]), probe(5, 0, ROW, HIT)]
  const update = [upsert(0, [[3, 1]]), probe(2, 0, [3, 1], [[3, 0]]), probe(5, 0, [3, 1], [[3, 1]])]
  assert.deepEqual([seen({ ops }).probed, seen({ ops }, 'update')], [1, null])
  const { lower, upper } = seen({ ops: update, preload: 5 }, 'update')
  assert.deepEqual([lower.max, upper.max], [2, 6])
  const untold = [upsert(0, [[3, 1]]), probe(2, 0, [3, 1], [3])]
  assert.equal(seen({ ops: untold, preload: 5 }, 'update'), null)
  assert.equal(seen({ ops: [upsert(0, [ROW]), probe(2, 0, ROW, [7])] }).upper.max, 3)
})

test('a preloaded row that is written into the second collection is an insert there', () => {
  const ops = [
    upsert(0, [[3, 1]], {}, { space: 1 }),
    probe(2, 0, [3, 1], [[3, 1]], {}, { space: 1 }),
  ]
  assert.equal(seen({ ops, preload: 5 }).probed, 1)
})

test('in a killed run a row whose deadline lies beyond the last flush is not observed', () => {
  const ops = [upsert(0, [ROW]), ask(2, []), ask(300, [], {}, { event: null })]
  const { proven } = probingIn({ ops, history: { closed: false, until: 100 } })
  assert.deepEqual([proven[0]!.fate, proven[0]!.lower], ['notObserved', 2 * MILLI])
})

test('the share of probes is of all searches and probes sent; rungs without a token are counted', () => {
  const ops = [
    upsert(0, [ROW]),
    ask(2, []),
    ask(5, [], { outcome: 'skipped', error: 'skip:tokens' }),
    { kind: 'search', at: 3, query: 0, model: 1 } as const,
    { kind: 'search', at: 4, query: 0, model: 1 } as const,
    ask(9, HIT),
  ]
  assert.deepEqual(seen({ ops }).probes, { sent: 2, share: 0.5, skippedForTokens: 1 })
})

test('the curve has both ends of the distribution at each of its steps', () => {
  const ops = [
    upsert(0, [ROW]),
    ask(2, []),
    ask(4, HIT, { done: 5 }),
    upsert(0, [[8, 0]]),
    probe(3, 3, [8, 0], []),
  ]
  assert.deepEqual(seen({ ops }).curve, [
    [2, 0.5, 0],
    [3, 1, 0],
    [5, 1, 0.5],
  ])
})
