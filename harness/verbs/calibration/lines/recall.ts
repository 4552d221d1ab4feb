import { SEARCH } from '../../../model/index.ts'
import type { Evidence } from '../evidence.ts'
import { recallError, recallLoss, recallMissing } from '../laws.ts'
import { between, type Line, lineOf } from '../line.ts'
import type { Searched } from '../truth.ts'
import { countLine } from './counts.ts'

/** Rows stand still in these cases, so an answer's recall is a fact of the log: what the sim left out of the k nearest, or left empty. */
export const recallLines = (evidence: Evidence): readonly Line[] => [
  recordedLine(evidence),
  recallByLogLine(evidence),
]

/** Every answer in the history is one that the sim gave, to the id, and no answer was taken twice. */
export const recordedLine = (evidence: Evidence): Line => {
  const ops = searchOps(evidence)
  const entries = new Set(ops.flatMap((op) => evidence.searched(op) ?? []))
  return countLine('answers in the history as the sim sent them', {
    measured: entries.size,
    truth: ops.length,
    of: ops.length,
  })
}

export const recallByLogLine = (evidence: Evidence): Line => {
  const { findings } = evidence
  const answers = searchOps(evidence).flatMap((op) => evidence.searched(op) ?? [])
  const truth = meanOf(answers.map(recallOf))
  const { low = null, high = null } = findings.recall?.live ?? {}
  return lineOf({
    what: `live recall by the sim's own log, ${answers.length} searches`,
    claimed: truth.toFixed(6),
    measured:
      low === null || high === null ? 'not measured' : between(low.toFixed(6), high.toFixed(6)),
    allowed: 'equal to nine places',
    n: answers.length,
    holds: low !== null && high !== null && low === high && Math.abs(low - truth) < 1e-9,
  })
}

/** Neighbours left out with probability p: the closed form, and four standard errors of this many searches. */
export const missingLine = (p: number, { findings, view }: Evidence): Line => {
  const { low = null, high = null, searches = 0 } = findings.recall?.live ?? {}
  const { k } = view.trace.meta.scenario
  const expected = recallMissing(p, k)
  const error = recallError(p, k, searches)
  return lineOf({
    what: `live recall, ${searches} searches`,
    claimed: expected.toFixed(4),
    measured:
      low === null || high === null ? 'not measured' : between(low.toFixed(4), high.toFixed(4)),
    allowed: `± ${error.toFixed(4)}, four standard errors`,
    n: searches,
    holds: low !== null && high !== null && high >= expected - error && low <= expected + error,
  })
}

/** Answers of fewer rows than there were to return. */
export const shortLine = (evidence: Evidence): Line => {
  const answers = searchOps(evidence).flatMap((op) => evidence.searched(op) ?? [])
  return countLine('short answers', {
    measured: evidence.findings.recall?.live.short,
    truth: answers.filter(({ k, returned }) => new Set(returned.slice(0, k)).size < k).length,
    of: answers.length,
  })
}

/** An answer cut to `clip` rows has clip/k of its neighbours, and the rest is missing for no other cause. */
export const clipLines = (clip: number, { findings, view }: Evidence): readonly Line[] => {
  const { k } = view.trace.meta.scenario
  const { low = null, high = null, searches = 0 } = findings.recall?.live ?? {}
  const exactly = (what: string, claimed: number, measured: number | null): Line =>
    lineOf({
      what: `${what}, ${searches} searches`,
      claimed: claimed.toFixed(6),
      measured: measured === null ? 'not measured' : measured.toFixed(6),
      allowed: 'equal to nine places',
      n: searches,
      holds: measured !== null && Math.abs(measured - claimed) < 1e-9,
    })
  return [
    exactly('live recall, lower end', clip / k, low),
    exactly('live recall, upper end', clip / k, high),
    exactly('loss by short answers', 1 - clip / k, findings.loss?.short ?? null),
  ]
}

/** Neighbours missing more with turnover, the nearest spared: recall falls by perTurnover·(k−1)/k for each turnover. */
export const driftLine = (perTurnover: number, { findings, view }: Evidence): Line => {
  const { k } = view.trace.meta.scenario
  const expected = -recallLoss(perTurnover, k)
  const { low = null, high = null } = findings.drift?.slopePerTurnover ?? {}
  const signed = (figure: number): string => figure.toFixed(4)
  return lineOf({
    what: `slope of recall per turnover, ${findings.recall?.bins.length ?? 0} bins of 1 s`,
    claimed: signed(expected),
    measured: low === null || high === null ? 'no interval' : `${signed(low)} … ${signed(high)}`,
    allowed: 'inside the printed 95 % interval, which leaves out 0',
    n: findings.recall?.bins.length ?? 0,
    holds: low !== null && high !== null && low <= expected && expected <= high && high < 0,
  })
}

/** Of the k nearest rows, those that were returned: what was left out or left empty is what is missing. */
const recallOf = ({ k, left }: Searched): number => 1 - left.length / k

const searchOps = ({ view }: Evidence): readonly number[] =>
  Array.from({ length: view.trace.ops.count }, (_, op) => op).filter(
    (op) => view.trace.ops.kind[op] === SEARCH && view.outcomeOf(op) === 0,
  )

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
