import type { Others } from '../harness/model/index.ts'
import { calibrated } from './calibrated.ts'
import { cell, checked } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import { machineText } from './machine.ts'
import { OTHERS_NOTE, OTHERS_TITLE, othersTables } from './others.ts'
import type { Row } from './row.ts'
import { scopeRows } from './scope-rows.ts'
import { spreadRows } from './spread.ts'
import { factRows, outcomeRows } from './tables.ts'

/** The report as Markdown: verdict and validity, the headline table, checks, operations, how it was measured. */
export const markdown = (
  inputs: readonly ReportInput[],
  others: readonly Others[] = [],
): string => {
  const names = runNames(inputs)
  const { scenario } = inputs[0]!.manifest
  const verdicts = inputs.flatMap(({ findings: { validity, verdict }, manifest }, i) => [
    `- **${cell(names[i])}: ${verdict}**${validity.valid ? '' : ' – not a valid run'}`,
    ...[...validity.reasons, ...validity.labels].map(({ text }) => `  - ${cell(text)}`),
    ...machineText(validity.machine).map((text) => `  - ${cell(text)}`),
    `  - Instrument last calibrated: ${cell(calibrated(manifest))}`,
  ])
  return [
    `# ${cell(scenario.name)}`,
    cell(scenario.about),
    '',
    ...verdicts,
    '',
    ...table(
      ['', ...names],
      [...scopeRows(inputs.map(({ findings }) => findings)), ...spreadRows(inputs)],
    ),
    '',
    ...checks(inputs, names),
    ...inputs.flatMap((input, i) => [
      `## Operations: ${cell(names[i])}`,
      '',
      ...table(['kind', 'offered', 'ok', 'fail', 'unknown', 'skipped'], outcomeRows(input)),
      '',
    ]),
    '## How it was measured',
    '',
    ...table(['', ...names], factRows(inputs)),
    '',
    ...[...new Set(inputs.map(({ manifest }) => manifest.command))].map(
      (command) => `    ${command.replaceAll('\n', ' ')}`,
    ),
    '',
    ...measuredByOthers(others),
  ].join('\n')
}

const measuredByOthers = (others: readonly Others[]): readonly string[] => {
  if (others.length === 0) return []
  const tables = othersTables(others).flatMap(({ title, warnings, head, rows }) => [
    `### ${cell(title)}`,
    '',
    ...warnings.map((text) => `- ${cell(text)}`),
    '',
    ...table(
      head,
      rows.map(({ label, note, cells }) => ({ label: note ? `${label} (${note})` : label, cells })),
    ),
    '',
  ])
  return [`## ${OTHERS_TITLE}`, '', OTHERS_NOTE, '', ...tables]
}

const table = (head: readonly string[], rows: readonly Row[]): readonly string[] => [
  `| ${head.map(cell).join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map(({ label, cells }) => `| ${[label, ...cells].map(cell).join(' | ')} |`),
]

const checks = (inputs: readonly ReportInput[], names: readonly string[]): readonly string[] => {
  const rows = inputs[0]!.findings.checks.map(({ limit }, i) => ({
    label: limit,
    cells: inputs.map(({ findings }) => {
      const check = findings.checks[i]
      return check ? `${check.outcome} (${checked(limit, check.value)})` : ''
    }),
  }))
  return rows.length === 0 ? [] : ['## Checks', '', ...table(['limit', ...names], rows), '']
}
