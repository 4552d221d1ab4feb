import { type Backlog, type Micros, type PhaseSpan, SECOND } from '../model/index.ts'
import { countAtMost } from './sample.ts'
import { theilSen } from './theil-sen.ts'
import type { Probing } from './visibility.ts'

/**
 * Backlog (definitions §3): probed inserts and updates with due ≤ t that were not yet seen at t, over the probability of being probed; from
 * whatever phase they come. The lower curve takes them as seen at L, the upper at U. A superseded write leaves the upper curve when its
 * next write was sent, since nothing can show it any more. `max` and `end` are of the upper curve, at every instant and at the end of the
 * phases; the curve and its slope (writes a second) are taken once a second. What a run that was cut short does not know is left out.
 * Null where nothing was probed.
 */
export const backlogOf = (probing: Probing, spans: readonly PhaseSpan[]): Backlog | null => {
  const phases = knownPart(spans, probing.view.horizon)
  const share = probing.view.trace.meta.scenario.probes?.share ?? 0
  const { due, low, high } = departures(probing)
  if (due.length === 0 || phases.length === 0 || share === 0) return null
  const waiting = (left: Float64Array, at: number): number =>
    (countAtMost(due, at) - countAtMost(left, at)) / share
  const instants = phases.flatMap(secondsOf)
  const upper = instants.map((at) => waiting(high, at))
  const between = Array.from(due).filter((at) =>
    phases.some(({ from, to }) => from <= at && at <= to),
  )
  const peaks = [...instants, ...between].map((at) => waiting(high, at))
  return {
    max: peaks.reduce((most, value) => Math.max(most, value), 0),
    end: waiting(high, phases.at(-1)!.to),
    slope: theilSen(
      Float64Array.from(instants, (at) => at / SECOND),
      Float64Array.from(upper),
    ),
    curve: instants.map((at, i) => [at / SECOND, waiting(low, at), upper[i]!]),
  }
}

/** The phases up to an instant; those that begin after it are left out. */
const knownPart = (phases: readonly PhaseSpan[], until: Micros): readonly PhaseSpan[] =>
  phases
    .filter(({ from }) => from <= until)
    .map((phase) => ({ ...phase, to: Math.min(phase.to, until) }))

/** When each probed write was due, and when it left each curve; each list sorted by itself. */
const departures = ({ ladders, proven }: Probing) => {
  const places = [...ladders.keys()].filter((i) => ladders[i]!.kind !== 'delete')
  const dueOf = (i: number) => ladders[i]!.write.due
  const lastOf = (i: number) => (proven[i]!.fate === 'superseded' ? ladders[i]!.next : Infinity)
  return {
    due: Float64Array.from(places, dueOf).sort(),
    low: Float64Array.from(places, (i) => dueOf(i) + proven[i]!.lower).sort(),
    high: Float64Array.from(places, (i) => Math.min(dueOf(i) + proven[i]!.upper, lastOf(i))).sort(),
  }
}

const secondsOf = ({ from, to }: PhaseSpan): number[] =>
  Array.from({ length: Math.floor((to - from) / SECOND) + 1 }, (_, i) => from + i * SECOND)
