import type { Others } from '../harness/model/index.ts'
import { atRecallRows, EFFORT_HEAD, EFFORT_NOTE, effortRows } from './effort-rows.ts'
import { DIFFERS_HEAD, differsRows, fairnessRows, unlikeLine } from './fairness.ts'
import { cell, checked } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import { OTHERS_NOTE, OTHERS_TITLE, othersTables } from './others.ts'
import type { Row } from './row.ts'
import { scannedCheck, scanOf } from './scan.ts'
import { factRows, headlineRows, outcomeRows } from './tables.ts'
import { verdictsOf } from './verdicts.ts'

/** The report as Markdown: verdict and validity, the headline table, checks, operations, how it was measured. */
export const markdown = (
  inputs: readonly ReportInput[],
  others: readonly Others[] = [],
): string => {
  const names = runNames(inputs)
  const { scenario } = inputs[0]!.manifest
  const { runs, shared } = verdictsOf(inputs)
  const verdicts = runs.flatMap(({ name, verdict, valid, reasons, notes }) => [
    `- **${cell(name)}: ${verdict}**${valid ? '' : ' – not a valid run'}`,
    ...[...reasons, ...notes].map((text) => `  - ${cell(text)}`),
  ])
  const line = unlikeLine(inputs)
  return [
    ...(line === null ? [] : [`> **${cell(line)}**`, '']),
    `# ${cell(scenario.name)}`,
    cell(scenario.about),
    '',
    ...verdicts,
    ...shared.map((text) => `- Every run: ${cell(text)}`),
    '',
    ...table(['', ...names], headlineRows(inputs)),
    '',
    ...efforts(inputs, names),
    ...checks(inputs, names),
    ...fairness(inputs, names),
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

const efforts = (inputs: readonly ReportInput[], names: readonly string[]): readonly string[] => {
  const points = effortRows(inputs)
  if (points.length === 0) return []
  const goals = table(['', ...names], atRecallRows(inputs))
  const curve = table(EFFORT_HEAD, points)
  return ['## At equal recall', '', ...goals, '', EFFORT_NOTE, '', ...curve, '']
}

const fairness = (inputs: readonly ReportInput[], names: readonly string[]): readonly string[] => [
  '## Fairness',
  '',
  ...table(['', ...names], fairnessRows(inputs)),
  '',
  ...inputs.flatMap((input, i) => {
    const rows = differsRows(input)
    if (rows.length === 0) return []
    return [`### Not as it comes: ${cell(names[i])}`, '', ...table(DIFFERS_HEAD, rows), '']
  }),
]

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
      return check
        ? `${check.outcome} (${scannedCheck(limit, checked(limit, check.value), scanOf(findings))})`
        : ''
    }),
  }))
  return rows.length === 0 ? [] : ['## Checks', '', ...table(['limit', ...names], rows), '']
}
