import type { Figure, Q } from '../../../model/index.ts'
import { CLOCKS, type Evidence, type Probed } from '../evidence.ts'
import {
  between,
  type Line,
  lineOf,
  ms,
  orderStatistic,
  QUANTILES,
  type Quantile,
} from '../line.ts'

/**
 * Of the probed inserts: every one in its own bracket, the truth of each printed quantile inside the printed bracket (definitions
 * §2), and the bracket no wider than the ladder makes it.
 */
export const visibilityLines = (evidence: Evidence): readonly Line[] => {
  const found = evidence.findings.ingestToSearchable
  if (!found) return [ladderLine(evidence)]
  const names = (Object.keys(QUANTILES) as Quantile[]).filter((name) => found.upper[name] !== null)
  return [ladderLine(evidence), ...names.map((name) => quantileLine(evidence, name))]
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

const quantileLine = (evidence: Evidence, name: Quantile): Line => {
  const { findings, inserts, view } = evidence
  const { lower, upper } = findings.ingestToSearchable!
  const { growth, first } = view.trace.meta.scenario.probes!
  const permille = QUANTILES[name]
  const times = inserts.map((probed) => trueTime(evidence, probed) / 1000)
  const truth = orderStatistic(times, permille)
  const probe = findings.latency.probe!.service[name] ?? 0
  const reach = Math.max(first / 1000, truth) * growth + probe + harnessShare(probe)
  const isInside = lower[name]! <= truth + CLOCKS / 1000 && truth <= upper[name]! + CLOCKS / 1000
  return lineOf({
    what: `ingest to searchable, ${name} of ${inserts.length}`,
    claimed: ms(truth),
    measured: between(ms(lower[name]), ms(upper[name])),
    allowed: `truth inside, upper end ≤ ${ms(reach)}`,
    n: inserts.length,
    holds: isInside && upper[name]! <= reach,
    excuse: isInside ? slowness(evidence, name) : null,
  })
}

/** What the harness may add to a quantile of this service time (definitions §5), in milliseconds. */
const harnessShare = (service: number): number => Math.max(1, 0.05 * service)

/** Why this machine could not probe as the ladder has it, or null: by the harness's own figures. */
const slowness = ({ findings }: Evidence, name: Quantile): string | null => {
  const withheld = Object.entries(findings.latency).filter(([, { response, service }]) =>
    isWithheld(response, service, name),
  )
  if (withheld.length > 0) return `the harness was too slow to measure ${withheld[0]![0]} ${name}`
  const { skippedForTokens } = findings.ingestToSearchable!.probes
  return skippedForTokens > 0 ? `${skippedForTokens} rungs found no token` : null
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
  const most = truth + harnessShare(truth)
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
