import { type Figure, PROBE, type Q, SKIPPED } from '../../../model/index.ts'
import { CLOCKS, type Evidence, type Probed } from '../evidence.ts'
import {
  between,
  type Line,
  lineOf,
  ms,
  orderStatistic,
  QUANTILES,
  type Quantile,
  withHarness,
} from '../line.ts'

/**
 * Of the probed inserts: every one in its own bracket, the truth of each printed quantile inside the printed bracket (definitions
 * §2), and the bracket no wider than the ladder makes it.
 */
export const visibilityLines = (evidence: Evidence): readonly Line[] =>
  linesOf(evidence, (name) => reachOf(evidence, name))

/** The same for an engine that leaves probes unanswered: how wide the bracket is, is then a matter of their time-outs. */
export const bracketLines = (evidence: Evidence): readonly Line[] => linesOf(evidence, () => null)

const linesOf = (evidence: Evidence, reach: (name: Quantile) => number | null): readonly Line[] => {
  const found = evidence.findings.ingestToSearchable
  if (!found) return [ladderLine(evidence)]
  const names = (Object.keys(QUANTILES) as Quantile[]).filter((name) => found.upper[name] !== null)
  return [ladderLine(evidence), ...names.map((name) => quantileLine(evidence, name, reach(name)))]
}

/** Time from when a probed insert was due to its visibility, in microseconds; +∞ = never. */
const trueTime = ({ origin }: Evidence, { ladder, truth }: Probed<unknown>): number => {
  const visible = truth?.happened ? (truth.visible ?? null) : null
  return visible === null ? Infinity : visible - origin - ladder.write.due
}

/** L ≤ V ≤ U of each write by itself: no probe contradicts the sim. What happened later than the deadline was never seen. */
export const ladderLine = (evidence: Evidence): Line => {
  const { inserts, view } = evidence
  const deadline = view.trace.meta.scenario.probes?.deadline ?? Infinity
  const right = inserts.filter((probed) => {
    const { lower, upper } = probed.proof
    const truth = trueTime(evidence, probed)
    return lower <= truth + CLOCKS && (truth <= upper + CLOCKS || truth > deadline)
  })
  return lineOf({
    what: 'inserts whose own bracket holds the truth',
    claimed: String(inserts.length),
    measured: String(right.length),
    allowed: 'equal',
    n: inserts.length,
    holds: right.length === inserts.length,
  })
}

const quantileLine = (evidence: Evidence, name: Quantile, reach: number | null): Line => {
  const { findings, inserts } = evidence
  const { lower, upper } = findings.ingestToSearchable!
  const permille = QUANTILES[name]
  const times = inserts.map((probed) => trueTime(evidence, probed) / 1000)
  const truth = orderStatistic(times, permille)
  const isInside = lower[name]! <= truth + CLOCKS / 1000 && truth <= upper[name]! + CLOCKS / 1000
  return lineOf({
    what: `ingest to searchable, ${name} of ${inserts.length}`,
    claimed: ms(truth),
    measured: between(ms(lower[name]), ms(upper[name])),
    allowed: `truth inside${reach === null ? '' : `, upper end ≤ ${ms(reach)}`}`,
    n: inserts.length,
    holds: isInside && (reach === null || upper[name]! <= reach),
    excuse: isInside ? slowness(evidence, name) : null,
  })
}

/** Where the first rung after the truth leads, at one step of the ladder at most, with the time that its probe took; in milliseconds. */
const reachOf = (evidence: Evidence, name: Quantile): number => {
  const { growth, first } = evidence.view.trace.meta.scenario.probes!
  const reaches = evidence.inserts.map((probed) => {
    const hit = probed.ladder.answers.find((answer) => answer.hit)
    const service = hit ? (hit.done - hit.sent) / 1000 : 0
    return (Math.max(first, trueTime(evidence, probed)) * growth) / 1000 + withHarness(service)
  })
  return orderStatistic(reaches, QUANTILES[name])
}

/** Why this machine could not probe as the ladder has it, or null: by the harness's own figures. */
const slowness = (evidence: Evidence, name: Quantile): string | null => {
  const { latency } = evidence.findings
  const withheld = Object.entries(latency).filter(([, { response, service }]) =>
    isWithheld(response, service, name),
  )
  if (withheld.length > 0) return `the harness was too slow to measure ${withheld[0]![0]} ${name}`
  const missed = missedRungs(evidence)
  return missed > 0 ? `${missed} rungs after the truth met no token, or a probe under way` : null
}

/** Rungs due between a row's visibility and its first hit that could not be sent. */
const missedRungs = (evidence: Evidence): number => {
  const { inserts, view } = evidence
  const { ops } = view.trace
  const open = new Map(
    inserts.map((probed) => {
      const { due, op } = probed.ladder.write
      return [op, [due + trueTime(evidence, probed), due + probed.proof.upper] as const]
    }),
  )
  return Array.from({ length: ops.count }, (_, op) => op).filter((op) => {
    const [from, to] = open.get(ops.of[op]!) ?? [Infinity, Infinity]
    const isRung = ops.kind[op] === PROBE && ops.at[op]! >= from && ops.at[op]! <= to
    return isRung && view.outcomeOf(op) === SKIPPED
  }).length
}

const isWithheld = (response: Q, service: Q, name: Quantile): boolean =>
  service[name] !== null && response[name] === null

/** From the hand of the client to the answer, against what the sim took to acknowledge: what the harness adds is bounded (definitions §5). */
export const acknowledgedLine = (evidence: Evidence): Line => {
  const acks = evidence.inserts.flatMap(({ truth }) =>
    truth?.acknowledged ? [(truth.acknowledged - truth.received) / 1000] : [],
  )
  const truth = orderStatistic(acks, 500)
  const measured: Figure = evidence.findings.latency.upsert?.service.p50 ?? null
  const most = withHarness(truth)
  return lineOf({
    what: `acknowledgement, p50 of ${acks.length}`,
    claimed: ms(truth),
    measured: ms(measured),
    allowed: `${ms(truth)} … ${ms(most)}`,
    n: acks.length,
    holds: measured !== null && measured >= truth - 0.01 && measured <= most,
    excuse: slowness(evidence, 'p50'),
  })
}
