import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Evidence } from '../evidence.ts'
import { outcomeOf } from '../table.ts'
import { countLine, rangeLine } from './counts.ts'
import { firstLine } from './crash.ts'
import { clipLines, driftLine, missingLine } from './recall.ts'
import { visibilityLines } from './visibility.ts'

/*
 * Each line is shown an instrument that is right, and one that is wrong: what cannot come out as OUTSIDE proves nothing.
 */
const VIEW = {
  trace: {
    meta: { scenario: { k: 10, probes: { growth: 1.1, first: 1000, deadline: 2e6 } } },
    ops: { count: 0 },
  },
}
const evidence = (parts: object): Evidence => ({ view: VIEW, origin: 0, ...parts }) as Evidence

/** A write due at 0, visible to the sim at `visible` µs, proven by the instrument to lie in [lower, upper]. */
const probed = (visible: number, lower: number, upper: number) => ({
  ladder: { write: { due: 0, op: 0 }, answers: [{ sent: upper - 200, done: upper, hit: true }] },
  proof: { lower, upper },
  truth: { happened: true, visible },
})

/** The four lines of ten such writes (one for each write by itself, then p50, p90, p99), by outcome. */
const visible = (one: ReturnType<typeof probed>, { lower = 19, upper = 21, slow = false } = {}) => {
  const printed = { p50: 0.2, p90: 0.2, p99: 0.2, p999: null }
  const response = slow ? { ...printed, p50: null, p90: null, p99: null } : printed
  const findings = {
    latency: { search: { response, service: printed } },
    ingestToSearchable: {
      lower: { p50: lower, p90: lower, p99: lower, p999: null },
      upper: { p50: upper, p90: upper, p99: upper, p999: null },
    },
  }
  return visibilityLines(evidence({ findings, inserts: Array(10).fill(one) })).map(outcomeOf)
}

test('a bracket that holds the truth, and is as narrow as its ladder, holds', () => {
  assert.deepEqual(visible(probed(20_000, 19_000, 21_000)), ['holds', 'holds', 'holds', 'holds'])
})

test('a bracket beside the truth is outside, on the slowest machine too', () => {
  const late = probed(20_000, 22_000, 23_000)
  const outside = ['OUTSIDE', 'OUTSIDE', 'OUTSIDE', 'OUTSIDE']
  assert.deepEqual(visible(late, { lower: 22, upper: 23 }), outside)
  assert.deepEqual(visible(late, { lower: 22, upper: 23, slow: true }), outside)
})

test('a bracket that is too wide is outside, unless the harness itself says that it was too slow', () => {
  const wide = probed(20_000, 19_000, 40_000)
  const measured = { lower: 19, upper: 40 }
  const reached = ['holds', 'OUTSIDE', 'OUTSIDE', 'OUTSIDE']
  assert.deepEqual(visible(wide, measured), reached)
  const unsure = ['holds', 'UNSURE', 'UNSURE', 'UNSURE']
  assert.deepEqual(visible(wide, { ...measured, slow: true }), unsure)
})

test('a count is the sim’s own or outside; a count of nothing shows nothing', () => {
  const outcome = (measured: number | null, truth: number) =>
    outcomeOf(countLine('', { measured, truth, of: 100 }))
  assert.equal(outcome(3, 3), 'holds')
  assert.equal(outcome(4, 3), 'OUTSIDE')
  assert.equal(outcome(null, 3), 'OUTSIDE')
  assert.equal(outcome(0, 0), 'UNSURE')
  assert.equal(outcome(1, 0), 'OUTSIDE')
  const range = (measured: number) => outcomeOf(rangeLine('', measured, { sure: 2, possible: 4 }))
  assert.deepEqual([1, 2, 4, 5].map(range), ['OUTSIDE', 'holds', 'holds', 'OUTSIDE'])
})

test('recall: the closed form, four standard errors, and no vacuous run', () => {
  const missing = (recall: number | null, searches: number) => {
    const live = { low: recall, high: recall, searches }
    return outcomeOf(missingLine(0.03, evidence({ findings: { recall: { live } } })))
  }
  assert.equal(missing(0.973, 1000), 'holds')
  assert.equal(missing(0.98, 1000), 'OUTSIDE')
  assert.equal(missing(0.98, 100), 'holds')
  assert.equal(missing(null, 1000), 'OUTSIDE')

  const clip = (recall: number, short: number) => {
    const live = { low: recall, high: recall, searches: 10 }
    return clipLines(6, evidence({ findings: { recall: { live }, loss: { short } } })).map(
      outcomeOf,
    )
  }
  assert.deepEqual(clip(0.6, 0.4), ['holds', 'holds', 'holds'])
  assert.deepEqual(clip(1, 0), ['OUTSIDE', 'OUTSIDE', 'OUTSIDE'])
})

test('drift: the interval holds the slope and leaves out none; without an interval nothing is shown', () => {
  const drift = (low: number | null, high: number | null) => {
    const findings = { drift: { slopePerTurnover: { low, high } }, recall: { bins: Array(30) } }
    return outcomeOf(driftLine(0.1, evidence({ findings })))
  }
  assert.equal(drift(-0.1, -0.08), 'holds')
  assert.equal(drift(-0.08, -0.07), 'OUTSIDE')
  assert.equal(drift(-0.2, 0.1), 'OUTSIDE')
  assert.equal(drift(null, null), 'OUTSIDE')
})

test('a crash is told in the first line, with a time that is not before it', () => {
  const told = (text: string | null) => {
    const reasons = text === null ? [] : [{ code: 'engine-ended', text }]
    const findings = {
      run: { scenario: 'calibration', target: 'crash', engine: {} },
      verdict: 'unknown',
      validity: { valid: text === null, reasons, labels: [], exactScan: false },
      latency: {},
      checks: [],
      recall: null,
      ingestToSearchable: null,
    }
    const truth = { crashed: 1_500_000 }
    return outcomeOf(firstLine(evidence({ findings, truth })))
  }
  assert.equal(told('The engine had ended by 2.0 s: …'), 'holds')
  assert.equal(told('The engine had ended by 1.0 s: …'), 'OUTSIDE')
  assert.equal(told(null), 'OUTSIDE')
})
