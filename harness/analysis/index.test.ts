import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse, findingsJson, readFindings } from './index.ts'
import { probe, type RunLiteral, remove, runOf, search, upsert } from './run.fixture.ts'

/** Two phases, of which the second is measured; every kind of op. */
const LITERAL: RunLiteral = {
  preload: 3,
  phases: [
    ['warm-up', 0, 1000, false],
    ['churn', 1000, 3000, true],
  ],
  ops: [
    search(
      10,
      1,
      [
        [1, 0],
        [0, 0],
      ],
      { done: 30 },
    ),
    upsert(1000, [[5, 0]], { sent: 1000, done: 1002 }, { phase: 1 }),
    probe(1003, 1, [5, 0], [], {}, { phase: 1 }),
    probe(1006, 1, [5, 0], [[5, 0]], {}, { phase: 1 }),
    search(
      1100,
      1,
      [
        [1, 0],
        [0, 0],
      ],
      { done: 1104 },
      { phase: 1 },
    ),
    search(1200, 1, [], { outcome: 'fail' }, { phase: 1 }),
    probe(1290, 7, [2, 0], [[2, 0]], {}, { phase: 1 }),
    remove(1300, [2], {}, { phase: 1 }),
    probe(1303, 7, [2, 0], [], {}, { phase: 1, expect: 0 }),
  ],
  lookups: [[5, 0]],
}

const limited = (text: string, path: string, bound: number): RunLiteral => ({
  ...LITERAL,
  scenario: { limits: [{ text, path, comparison: '<=', bound }] },
})

test('the whole run is its measured phases; every phase has the same findings', () => {
  const findings = analyse(runOf(LITERAL))
  assert.equal(findings.latency.search!.response.n, 2)
  assert.deepEqual(
    findings.phases.map(({ name, latency }) => [name, latency.search!.response.max]),
    [
      ['warm-up', 20],
      ['churn', Infinity],
    ],
  )
  assert.equal(findings.phases[0]!.ingestToSearchable, null)
  assert.deepEqual(findings.phases[1]!.latency, findings.latency)
  assert.equal(findings.ingestToSearchable!.upper.max, 7)
  assert.equal(findings.deleteToInvisible!.lower.n, 1)
  assert.equal(findings.recall!.live.searches, 1)
  assert.equal(findings.validity.offered.search!.offered, 3)
})

test('the same run gives the same bytes, and the bytes give the findings back', () => {
  const findings = analyse(runOf(LITERAL))
  const text = findingsJson(findings)
  assert.equal(findingsJson(analyse(runOf(LITERAL))), text)
  assert.deepEqual(readFindings(text), findings)
  assert.match(text, /"max": "Infinity"/)
  assert.doesNotMatch(text, /NaN|undefined/)
})

test('NaN is refused, and so is what holds no findings', () => {
  const findings = analyse(runOf(LITERAL))
  assert.throws(() => findingsJson({ ...findings, ghosts: Number.NaN }), /"ghosts" is not a number/)
  assert.throws(() => readFindings('{"format":"other/1"}'), /"other\/1"/)
})

test('a limit decides the verdict; a figure without enough events leaves it unknown', () => {
  const verdict = (text: string, path: string, bound: number) =>
    analyse(runOf(limited(text, path, bound))).verdict
  assert.equal(analyse(runOf(LITERAL)).verdict, 'pass')
  assert.equal(verdict('a', 'ingestToSearchable.upper.max', 7), 'pass')
  assert.equal(verdict('b', 'phases.churn.latency.search.response.max', 99), 'fail')
  assert.equal(verdict('c', 'ingestToSearchable.upper.p99', 100), 'unknown')
})

test('a killed run is reported up to its last flush, and its verdict is unknown', () => {
  const killed = runOf({
    ...LITERAL,
    ops: LITERAL.ops.map((op) => (op.at > 1050 ? { ...op, event: null } : op)),
    history: { closed: false, until: 1150 },
  })
  const findings = analyse({ ...killed, after: null })
  assert.equal(findings.verdict, 'unknown')
  assert.deepEqual(
    findings.validity.reasons.map(({ code }) => code),
    ['incomplete'],
  )
  assert.deepEqual(findings.validity.offered.search, {
    offered: 2,
    ok: 1,
    fail: 0,
    unknown: 1,
    skipped: 0,
  })
  assert.equal(findings.latency.search!.response.max, Infinity)
  assert.equal(findings.ingestToSearchable!.lost, null)
  assert.equal(findings.run.seconds, 1.15)
})
