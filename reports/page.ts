import type { Others } from '../harness/model/index.ts'
import { unlikeLine } from './fairness.ts'
import { html } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import { othersHtml } from './others.ts'
import { section, table, unlikeHtml } from './section.ts'
import { overviewRows } from './tables.ts'
import { STYLE } from './theme.ts'

/**
 * The page of one run, or of several on one trace: one self-contained HTML file without script. Its content security
 * policy allows no source but itself, and every string that comes from a run is escaped. What others measured stands last, on its own.
 */
export const page = async (
  inputs: readonly ReportInput[],
  others: readonly Others[] = [],
): Promise<string> => {
  const title = `${inputs[0]!.manifest.scenario.name}: ${runNames(inputs).join(', ')}`
  return document(title, (await section(inputs, 1, 'scenario')) + othersHtml(others, table))
}

/** Several scenarios on one page, each with its runs side by side: an overview first, then a section a scenario. */
export const book = async (
  title: string,
  about: string,
  chapters: readonly (readonly ReportInput[])[],
): Promise<string> => {
  const sections: string[] = []
  for (const [i, inputs] of chapters.entries()) sections.push(await section(inputs, 2, `s${i}`))
  const overview = chapters.map((inputs, i) => {
    const { scenario } = inputs[0]!.manifest
    const rows = overviewRows(inputs.map(({ findings }) => findings))
    return `<h3><a href="#s${i}">${html(scenario.name)}</a></h3>${table(['', ...runNames(inputs)], rows)}`
  })
  const lines = new Set(chapters.flatMap((inputs) => unlikeLine(inputs) ?? []))
  return document(
    title,
    `${[...lines].map(unlikeHtml).join('')}<h1>${html(title)}</h1>\n<p class="soft">${html(about)}</p>\n${overview.join('\n')}\n${sections.map((text) => `<hr>\n${text}`).join('\n')}`,
  )
}

const document = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${html(title)} · driftmark</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
