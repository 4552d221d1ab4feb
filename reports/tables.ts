import type { Figure, Findings, Latency, Q, Scope, Visibility } from '../harness/model/index.ts'
import { between, bracket, count, interval, ms, share, UNKNOWN } from './format.ts'
import type { ReportInput } from './input.ts'

/** One row of a table: what it is, what to know about it, and a cell for each run. */
export interface Row {
  readonly label: string
  readonly note?: string
  readonly cells: readonly string[]
  /** The numbers that the project is for stand out. */
  readonly key?: boolean
}

type Of<T> = (scope: T) => string

/** The highest quantile of a figure that its n supports. */
export const highest = (...figures: readonly Q[]): 'p99' | 'p90' | 'p50' =>
  figures.every(({ p99 }) => p99 !== null)
    ? 'p99'
    : figures.every(({ p90 }) => p90 !== null)
      ? 'p90'
      : 'p50'

const response = (of: Latency | undefined, quantile: 'p50' | 'p99'): string =>
  ms(of?.response[quantile])

/** Both proven ends of a quantile of a visibility. */
const ends = (found: Visibility | null, quantile: 'p50' | 'p90' | 'p99'): string =>
  found ? between(ms(found.lower[quantile]), ms(found.upper[quantile])) : UNKNOWN

/** The rows of a table about some runs, or about some phases; rows that say nothing for all are left out. */
export const scopeRows = (scopes: readonly Scope[]): readonly Row[] => {
  const seen = scopes.flatMap(({ ingestToSearchable }) => ingestToSearchable ?? [])
  const updates = scopes.flatMap(({ updateToVisible }) => updateToVisible ?? [])
  const best = highest(...seen.map(({ upper }) => upper))
  const bestUpdate = highest(...updates.map(({ upper }) => upper))
  const removals = scopes.flatMap(({ deleteToInvisible }) => deleteToInvisible ?? [])
  const bestRemoval = highest(...removals.map(({ lower }) => lower))
  const label = seen.some((found) => found.label === 'first seen') ? 'first seen' : 'searchable'
  const row = (label: string, of: Of<Scope>, more: Partial<Row> = {}): Row => ({
    label,
    ...more,
    cells: scopes.map(of),
  })
  return [
    row(`ingest to ${label}, ${best}`, (s) => ends(s.ingestToSearchable, best), {
      key: true,
      note: 'from the write’s due instant; the truth lies between the two ends',
    }),
    row(`ingest to ${label}, median`, (s) => ends(s.ingestToSearchable, 'p50')),
    row('writes probed, never seen, lost', (s) => counted(s.ingestToSearchable), {
      note: 'lost: acknowledged, and not there at the end',
    }),
    row('flicker', (s) => count(s.ingestToSearchable?.flicker), {
      note: 'missed again after they had been returned',
    }),
    row(`update to new version, ${bestUpdate}`, (s) => ends(s.updateToVisible, bestUpdate), {
      key: true,
      note: 'the same, for a new version of an existing row',
    }),
    row(
      `delete to invisible, ${bestRemoval}, proven`,
      (s) => ms(s.deleteToInvisible?.lower[bestRemoval]),
      {
        note: 'last search that still returned the row; the upper end is not proven',
      },
    ),
    row('ghosts, stale answers', (s) => `${count(s.ghosts)}, ${count(s.stale)}`, {
      note: 'searches that returned a deleted row, or an old version',
    }),
    row('live recall', (s) => (s.recall ? bracket(s.recall.live) : UNKNOWN), {
      key: true,
      note: 'lowest and highest that the writes in flight allow',
    }),
    row('checkpoint recall, last', lastCheckpoint),
    row('drift against a rebuild', (s) => interval(s.drift?.versusRebuild), {
      key: true,
      note: 'checkpoint − control, 95 % interval',
    }),
    row('drift a turnover', (s) => interval(s.drift?.slopePerTurnover)),
    row('answer quality', (s) => share(s.answerQuality?.value), {
      note: 'while two models are mixed',
    }),
    row('price of mixing models', (s) => share(s.answerQuality?.priceOfMixing)),
    row('search response, p99', (s) => response(s.latency.search, 'p99'), { key: true }),
    row('search response, median', (s) => response(s.latency.search, 'p50')),
    row('upsert response, p99', (s) => response(s.latency.upsert, 'p99')),
    row('upsert response, median', (s) => response(s.latency.upsert, 'p50')),
    row('delete response, p99', (s) => response(s.latency.delete, 'p99')),
    row('backlog at the end', (s) => backlogOf(s.backlog?.end), {
      note: 'writes due and not yet searchable',
    }),
  ].filter(({ cells }) =>
    cells.some((cell) => cell !== UNKNOWN && cell !== `${UNKNOWN}, ${UNKNOWN}`),
  )
}

const backlogOf = (figure: Figure | undefined): string =>
  figure === null || figure === undefined ? UNKNOWN : figure.toFixed(1)

const counted = (found: Visibility | null): string =>
  found ? `${count(found.probed)}, ${count(found.neverSeen)}, ${count(found.lost)}` : UNKNOWN

const lastCheckpoint: Of<Scope> = ({ recall }) => bracket(recall?.checkpoints.at(-1))

/** The few rows that stand for a scenario in an overview: verdict first. */
export const overviewRows = (findings: readonly Findings[]): readonly Row[] => [
  {
    label: 'verdict',
    cells: findings.map(({ verdict, validity }) =>
      validity.valid ? verdict : `${verdict}, not valid`,
    ),
  },
  ...scopeRows(findings).filter(({ key }) => key),
]

/** What became of the operations of each kind. */
export const outcomeRows = (input: ReportInput): readonly Row[] =>
  Object.entries(input.findings.validity.offered).map(([kind, c]) => ({
    label: kind,
    cells: [c.offered, c.ok, c.fail, c.unknown, c.skipped].map(count),
  }))

/** How a run was measured: what a reader needs to repeat or to doubt it. */
export const factRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const facts = [...new Set(inputs.flatMap(({ manifest }) => Object.keys(manifest.engine)))]
  const row = (label: string, of: (input: ReportInput) => unknown): Row => ({
    label,
    cells: inputs.map((input) => String(of(input) ?? UNKNOWN)),
  })
  return [
    row('adapter', ({ manifest: { target } }) =>
      [target.adapter, target.inProcess && 'in process', target.launched && 'launched by this run']
        .filter(Boolean)
        .join(', '),
    ),
    ...facts.map((fact) => row(`engine: ${fact}`, ({ manifest }) => manifest.engine[fact])),
    row('preloaded by', ({ manifest }) => manifest.preloadedBy),
    row('capabilities', ({ manifest }) => manifest.capabilities.join(', ')),
    row(
      'lateness of the harness, p50, p99',
      ({ findings: { validity } }) => `${ms(validity.lateness.p50)}, ${ms(validity.lateness.p99)}`,
    ),
    row('probes sent', ({ findings: { ingestToSearchable } }) =>
      ingestToSearchable
        ? `${count(ingestToSearchable.probes.sent)}, ${share(ingestToSearchable.probes.share)} of searches and probes; ${count(ingestToSearchable.probes.skippedForTokens)} rungs without a token`
        : UNKNOWN,
    ),
    row('dataset', ({ manifest: { dataset } }) => `${dataset.name}, ${dataset.fingerprint}`),
    row('trace', ({ findings }) => findings.run.trace),
    row('seed', ({ findings }) => findings.run.seed),
    row('started', ({ manifest }) => manifest.started),
    row(
      'driver',
      ({ manifest: { driver, versions } }) =>
        `${driver}, driftmark ${versions.driftmark}, Node ${versions.node}`,
    ),
    row(
      'machine',
      ({ manifest: { host } }) =>
        `${host.cpu}, ${host.cores} cores, ${(host.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${host.platform}`,
    ),
    row('instrument last calibrated here', ({ manifest: { calibration } }) =>
      calibration ? `${calibration.when}: ${calibration.outcome}` : 'never',
    ),
  ]
}
