import { type Findings, fairnessOf, type RunData, type Scope, SECOND } from '../model/index.ts'
import { backlogOf } from './backlog.ts'
import { checksOf, verdictOf } from './checks.ts'
import { engineOverTime } from './engine-over-time.ts'
import { isExactScan, judge } from './judge.ts'
import { latencyOverTime, timingsOf } from './latency.ts'
import { probedWritesOf } from './probed-writes.ts'
import { removalOf } from './removal.ts'
import { type Delays, delaysOf, type Judged, judgedLatency, type Withheld } from './too-slow.ts'
import { type Truth, truthFindings } from './truth.ts'
import { type View, viewOf } from './view.ts'
import { type Probing, probingOf, visibilityOf } from './visibility.ts'

export { findingsJson, readFindings } from './json.ts'
export { timingsOf } from './latency.ts'
export { checkpointSource, liveRows } from './live.ts'
export { oracleOf, type Ranking, rankingsOf } from './oracle.ts'
export { orderStatistic } from './quantile.ts'
export { judgeSearches } from './searches.ts'
export { possibleStates } from './states.ts'
export { DELETED, type View, viewOf, type Write } from './view.ts'
export { type Probing, probingOf } from './visibility.ts'
export { windowsOf } from './windows.ts'

/**
 * Every finding of a run: a pure function of trace, history and what was asked afterwards. The same run gives the same
 * findings, to the byte (`findingsJson`). Times in milliseconds; a number that the run does not support is null.
 */
export const analyse = (run: RunData): Findings => {
  const view = viewOf(run)
  const probing = probingOf(view)
  const truth = truthFindings(view, probedWritesOf(probing))
  const source: Source = { view, probing, delays: delaysOf(run.samples) }
  const { meta } = view.trace
  const whole = scopeOf(source, (phase) => meta.phases[phase]!.measured, truth.whole, true)
  const parts = meta.phases.map((_, phase) =>
    scopeOf(source, (other) => other === phase, truth.phases[phase]!, false),
  )
  const withheld = [
    ...under('', whole.withheld),
    ...parts.flatMap((part, i) => [
      ...under(`phases.${meta.phases[i]!.name}.`, part.withheld),
      ...under(`phases.${i}.`, part.withheld),
    ]),
  ]
  const validity = judge(view, withheld, whole.scope)
  const found = {
    format: 'driftmark-findings/1' as const,
    run: describe(view),
    validity,
    ...whole.scope,
    latencyOverTime: latencyOverTime(view),
    engineOverTime: engineOverTime(view),
    phases: meta.phases.map(({ name, measured, from, to }, i) => ({
      name,
      measured,
      from: from / SECOND,
      to: to / SECOND,
      ...parts[i]!.scope,
    })),
  }
  const checks = checksOf(found, meta.scenario.limits)
  const { format, run: described, ...rest } = found
  return { format, run: described, verdict: verdictOf(validity.valid, checks), ...rest, checks }
}

/** Figures withheld from the latency of a part of the findings, by their whole path. */
const under = (part: string, withheld: readonly Withheld[]): readonly Withheld[] =>
  withheld.map((figure) => ({ ...figure, path: `${part}latency.${figure.path}` }))

/** What the analyses of a run share. */
interface Source {
  readonly view: View
  readonly probing: Probing
  readonly delays: Delays
}

/** The table of analyses: each finding of some phases, by the same code for the whole run and for each phase. */
const scopeOf = (
  { view, probing, delays }: Source,
  isInScope: (phase: number) => boolean,
  truth: Truth,
  isWhole: boolean,
): { readonly scope: Scope; readonly withheld: Judged['withheld'] } => {
  const { meta } = view.trace
  const { ineligible } = meta.probes
  const { latency, withheld } = judgedLatency(timingsOf(view, isInScope), delays)
  return {
    withheld,
    scope: {
      latency,
      ingestToSearchable: visibilityOf(
        probing,
        'insert',
        isInScope,
        isWhole ? ineligible.insert : null,
      ),
      updateToVisible: visibilityOf(
        probing,
        'update',
        isInScope,
        isWhole ? ineligible.update : null,
      ),
      deleteToInvisible: removalOf(probing, isInScope, answersExactly(view)),
      ghosts: truth.ghosts,
      stale: truth.stale,
      recall: truth.recall,
      answerQuality: truth.answerQuality,
      loss: truth.loss,
      drift: truth.drift,
      backlog: backlogOf(
        probing,
        meta.phases.filter((_, phase) => isInScope(phase)),
      ),
    },
  }
}

const answersExactly = (view: View): boolean =>
  view.trace.meta.scenario.index.kind === 'exact' || isExactScan(view)

const describe = ({ run, trace, horizon }: View): Findings['run'] => ({
  id: run.manifest.id,
  scenario: trace.meta.scenario.name,
  target: run.manifest.target.label,
  seed: trace.meta.seed,
  trace: trace.meta.hash,
  driver: run.manifest.driver,
  started: run.manifest.started,
  seconds: Math.min(horizon, trace.meta.end) / SECOND,
  engine: run.manifest.engine,
  fairness: fairnessOf(run.manifest.engine),
})
