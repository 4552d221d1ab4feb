import type { Others, OthersFigure, OthersResult } from '../harness/model/index.ts'
import { html, UNKNOWN } from './format.ts'
import type { Row } from './row.ts'

/** What stands above every table of results that others measured. */
export const OTHERS_TITLE = 'Measured by others'
export const OTHERS_NOTE =
  'Not comparable to the columns above: another workload, another clock, other definitions, and nothing here was seen by driftmark. The figures are copied from the files named; they enter no verdict, no check and no comparison.'

/** One table: the results of one sort in one file, a column each. */
export interface OthersTable {
  readonly title: string
  readonly warnings: readonly string[]
  readonly head: readonly string[]
  readonly rows: readonly Row[]
}

export const othersTables = (others: readonly Others[]): readonly OthersTable[] =>
  others.flatMap(({ source, results }) =>
    [...Map.groupBy(results, ({ kind }) => kind)].map(([kind, group]) => {
      const names = namesOf(group)
      return {
        title: [source.tool, kind, source.file, source.when?.slice(0, 10)]
          .filter(Boolean)
          .join(', '),
        warnings: warningsOf(group, names),
        head: ['', ...names],
        rows: [...factRows(group), ...figureRows(group)],
      }
    }),
  )

/** Each warning once, with the columns that it is about where that is not all of them. */
const warningsOf = (
  group: readonly OthersResult[],
  names: readonly string[],
): readonly string[] => {
  const told = group.flatMap(({ warnings }, i) => warnings.map(({ text }) => ({ text, i })))
  return [...Map.groupBy(told, ({ text }) => text)].map(([text, where]) =>
    where.length === group.length
      ? `${text}.`
      : `${where.map(({ i }) => names[i]).join(', ')}: ${text}.`,
  )
}

/** The name of each column; what tells those of one name apart is in the rows below. */
const namesOf = (group: readonly OthersResult[]): readonly string[] =>
  group.map(({ product }, i) =>
    group.filter((other) => other.product === product).length > 1
      ? `${product} (${i + 1})`
      : product,
  )

const factRows = (group: readonly OthersResult[]): readonly Row[] => {
  const row = (label: string, of: (result: OthersResult) => string | number | null): Row => ({
    label,
    cells: group.map((result) => String(of(result) ?? UNKNOWN)),
  })
  return [
    row('version', ({ version }) => version),
    row('dataset', ({ dataset }) => dataset),
    row('k', ({ k }) => k),
    row('settings', ({ settings }) => settings || null),
  ]
}

/** How a unit is printed, where not as it is written. */
const UNITS: Readonly<Record<string, string>> = { '1/s': '/s' }

const figureRows = (group: readonly OthersResult[]): readonly Row[] => {
  const known = new Map<string, OthersFigure>()
  for (const { figures } of group) for (const figure of figures) known.set(figure.name, figure)
  const figures = [...known.values()]
  return figures.map(({ name, definition }, place) => ({
    label: name,
    ...(figures[place - 1]?.definition === definition ? {} : { note: definition }),
    cells: group.map(({ figures }) => {
      const found = figures.find((figure) => figure.name === name)
      return found
        ? `${Number(found.value.toPrecision(6))} ${UNITS[found.unit] ?? found.unit}`.trim()
        : UNKNOWN
    }),
  }))
}

/** The section of a page; empty without results. `table` is how the page writes a table. */
export const othersHtml = (
  others: readonly Others[],
  table: (head: readonly string[], rows: readonly Row[]) => string,
): string => {
  if (others.length === 0) return ''
  const parts = othersTables(others).map(({ title, warnings, head, rows }) => {
    const told = warnings.map((text) => `<li>${html(text)}</li>`).join('')
    return `<h3>${html(title)}</h3>${told && `<ul class="warnings">${told}</ul>`}${table(head, rows)}`
  })
  return `<hr>\n<section class="others"><h2>${OTHERS_TITLE}</h2><p>${html(OTHERS_NOTE)}</p>${parts.join('\n')}</section>`
}
