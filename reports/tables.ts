import type { Findings } from '../harness/model/index.ts'
import { calibrated } from './calibrated.ts'
import { count, ms, share, UNKNOWN } from './format.ts'
import type { ReportInput } from './input.ts'
import type { Row } from './row.ts'
import { scanOf } from './scan.ts'
import { scopeRows } from './scope-rows.ts'
import { spreadRows } from './spread.ts'

/** The few rows that stand for a scenario in an overview: verdict first. */
export const overviewRows = (findings: readonly Findings[]): readonly Row[] => [
  {
    label: 'verdict',
    cells: findings.map(({ verdict, validity }) =>
      validity.valid ? verdict : `${verdict}, not valid`,
    ),
  },
  ...scopeRows(findings, findings.map(scanOf)).filter(({ key }) => key),
]

/** The table that a report of some runs begins with. */
export const headlineRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const findings = inputs.map((input) => input.findings)
  return [...scopeRows(findings, findings.map(scanOf)), ...spreadRows(inputs)]
}

/** What became of the operations of each kind. */
export const outcomeRows = (input: ReportInput): readonly Row[] =>
  Object.entries(input.findings.validity.offered).map(([kind, c]) => ({
    label: kind,
    cells: [c.offered, c.ok, c.fail, c.unknown, c.skipped].map(count),
  }))

/** How a run was measured: what a reader needs to repeat or to doubt it. */
export const factRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const facts = [...new Set(inputs.flatMap(({ manifest }) => Object.keys(manifest.engine)))].filter(
    (fact) => !fact.startsWith('differs.'),
  )
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
      ({ manifest: { driver, senders = 1, versions } }) =>
        `${driver}, ${senders} sender${senders === 1 ? '' : 's'}, driftmark ${versions.driftmark}, Node ${versions.node}`,
    ),
    row(
      'machine',
      ({ manifest: { host } }) =>
        `${host.cpu}, ${host.cores} cores, ${(host.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${host.platform}`,
    ),
    row('instrument last calibrated', ({ manifest }) => calibrated(manifest)),
  ]
}
