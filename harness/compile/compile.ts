import type { Dataset, PhaseSpan, Scenario, Trace, TraceMeta } from '../model/index.ts'
import { type Calendar, calendarOf, checkpointSpans } from './calendar.ts'
import { type OpBuilder, opBuilder } from './columns.ts'
import { addCheckpoints, addControls, checkpointSearches } from './controls.ts'
import { eligibility } from './eligible.ts'
import { addSearches } from './foreground.ts'
import { freeze } from './freeze.ts'
import { hashTrace, type Sha256 } from './hash.ts'
import { addProbes } from './probes.ts'
import { refuseQuantiles } from './quantiles.ts'
import { requestsOf } from './requests.ts'
import { rowState } from './rows.ts'
import { replayRunbook } from './runbook/replay.ts'
import { rowsNeeded } from './runbook/walk.ts'
import { refuseDataset, refuseRows } from './suits.ts'
import { type Tally, tally } from './tally.ts'
import { runWorkload } from './workload.ts'
import { type WriteLog, writerOf } from './write-log.ts'

/**
 * Scenario × dataset × seed → trace: the same bytes for the same three, on every machine. Streams of chance are named,
 * so adding searches or probes moves no write. Throws SCENARIO_DATASET, SCENARIO_ROWS, SCENARIO_PICK, SCENARIO_REEMBED,
 * SCENARIO_QUANTILE.
 *
 * @param seed a whole number from 0 to 2^53 − 1
 * @param sha256 begins a hash, where the caller has a faster one than JavaScript's
 */
export const compile = (
  scenario: Scenario,
  dataset: Dataset,
  seed: number,
  sha256?: () => Sha256,
): Trace => {
  refuseDataset(scenario, dataset)
  const queries = dataset.models[0]!.queries.count
  const calendar = calendarOf(scenario, checkpointSearches(scenario, queries))
  const requests = requestsOf(scenario, calendar, seed)
  const inserted = requests.reduce((sum, { inserts }) => sum + inserts, 0)
  const needed = scenario.runbook ? rowsNeeded(scenario.runbook.steps) : scenario.preload + inserted
  refuseRows(scenario, dataset, needed)

  const ops = opBuilder()
  const rows = rowState(
    { count: dataset.rows, cluster: dataset.cluster },
    scenario.preload,
    dataset.revisions,
    seed,
  )
  const writer = writerOf(ops, dataset.rows, scenario.preload, spacesOf(scenario).length)
  if (scenario.runbook) replayRunbook(scenario, scenario.runbook, calendar, writer)
  const turns = runWorkload(
    { scenario, calendar, revisions: dataset.revisions, seed, rows, writer },
    requests,
  )
  addControls(ops, scenario, calendar, turns)
  addSearches(ops, scenario, calendar, turns, queries, seed)
  addCheckpoints(ops, scenario, calendar, turns, queries)

  const log = writer.log()
  const drawn = drawProbes(ops, scenario, dataset, log, seed)
  const probes = tally(log, drawn, ops.fields.phase)
  refuseQuantiles(scenario, probes)

  const meta = metaOf(scenario, dataset, seed, calendar, probes)
  const columns = ops.finish()
  const hash = hashTrace({ meta, ops: columns }, sha256)
  return { meta: freeze({ ...meta, hash }), ops: columns }
}

const drawProbes = (
  ops: OpBuilder,
  scenario: Scenario,
  dataset: Dataset,
  log: WriteLog,
  seed: number,
): Uint8Array => {
  const { probes, k } = scenario
  if (!probes) return new Uint8Array(log.count)
  const eligible = eligibility(scenario, dataset, log, probes.deadline)
  return addProbes(ops, probes, k, log, seed, eligible)
}

const metaOf = (
  scenario: Scenario,
  dataset: Dataset,
  seed: number,
  calendar: Calendar,
  { probed, ineligible }: Tally,
): Omit<TraceMeta, 'hash'> => ({
  format: 'driftmark-trace/2',
  scenario,
  fingerprint: dataset.fingerprint,
  seed,
  preload: scenario.preload,
  metric: scenario.metric,
  revisions: dataset.revisions,
  dimensions: dataset.models.map(({ dimensions }) => dimensions),
  spaces: spacesOf(scenario),
  phases: phaseSpans(scenario, calendar),
  checkpoints: checkpointSpans(scenario, calendar),
  end: calendar.stretch(calendar.end),
  probes: { probed, ineligible },
})

const spacesOf = ({ reembed }: Scenario): readonly { readonly model: number }[] =>
  reembed?.style === 'blue-green' ? [{ model: 1 }, { model: reembed.to }] : [{ model: 1 }]

const phaseSpans = (scenario: Scenario, { phases, stretch }: Calendar): readonly PhaseSpan[] =>
  scenario.phases.map(({ name, measured }, i) => ({
    name,
    measured,
    from: i === 0 ? 0 : stretch(phases[i]!.from),
    to: stretch(phases[i]!.to),
    probeRate: (scenario.probes?.cap ?? 0) * loadRate(scenario, i),
  }))

/**
 * What the cap on probes is a multiple of: the phase's search rate, else the scenario's highest, else its
 * highest write rate.
 */
const loadRate = ({ phases, reembed, runbook }: Scenario, phase: number): number => {
  const own = phases[phase]!.searches?.rate
  if (own) return own
  const searches = Math.max(0, ...phases.map((one) => one.searches?.rate ?? 0))
  return (
    searches ||
    phases[phase]!.writes?.rate ||
    runbook?.rate ||
    Math.max(reembed?.rate ?? 0, ...phases.map((one) => one.writes?.rate ?? 0))
  )
}
