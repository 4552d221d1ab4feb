import { AGE_HEAD, ARRIVAL_HEAD, ageRows, arrivalRows } from './age-rows.ts'
import { draw } from './draw.ts'
import { atRecallRows, EFFORT_HEAD, EFFORT_NOTE, effortRows } from './effort-rows.ts'
import { DIFFERS_HEAD, differsRows, fairnessRows, unlikeLine } from './fairness.ts'
import { type Figure, figuresOf } from './figures/index.ts'
import { checked, html } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import type { Row } from './row.ts'
import { scannedCheck, scanOf } from './scan.ts'
import { scopeRows } from './scope-rows.ts'
import { factRows, headlineRows, outcomeRows } from './tables.ts'
import { verdictsOf } from './verdicts.ts'

/**
 * All that a page says about one scenario: what keeps its numbers apart, then verdict and validity first, the headline table, the figures, the tables behind
 * them, what each engine promised, how it was measured. `level` is that of its own heading; `name` keeps its ids apart from other sections'.
 */
export const section = async (
  inputs: readonly ReportInput[],
  level: 1 | 2,
  name: string,
): Promise<string> => {
  const { scenario } = inputs[0]!.manifest
  const figures = figuresOf(inputs)
  const drawn = await Promise.all(figures.map((figure) => figureHtml(figure, name)))
  const parts = [
    unlikeHtml(unlikeLine(inputs)),
    `<h1 id="${html(name)}">${html(scenario.name)}</h1>`,
    `<p class="soft">${html(scenario.about)}</p>`,
    verdicts(inputs),
    table(['', ...runNames(inputs)], headlineRows(inputs)),
    ...drawn,
    efforts(inputs),
    ages(inputs),
    checks(inputs),
    fairness(inputs),
    phases(inputs),
    outcomes(inputs),
    howMeasured(inputs),
  ].join('\n')
  return level === 1
    ? parts
    : parts.replace(/(<\/?h)([12])(?=[ >])/g, (_, tag: string, n: string) => tag + (Number(n) + 1))
}

/** What keeps the numbers of a report apart; it stands before them all. */
export const unlikeHtml = (line: string | null): string =>
  line === null ? '' : `<p class="unlike"><strong>${html(line)}</strong></p>`

/** A card a run; below them, once, what is so of every run. */
const verdicts = (inputs: readonly ReportInput[]): string => {
  const { runs, shared } = verdictsOf(inputs)
  const cards = runs.map(({ name, verdict, valid, reasons, notes }) => {
    const told = [
      ...reasons.map((text) => `<li>${html(text)}</li>`),
      ...notes.map((text) => `<li class="soft">${html(text)}</li>`),
    ]
    const list = told.length > 0 ? `<ul>${told.join('')}</ul>` : ''
    return `<div class="verdict ${html(verdict)}"><b>${html(name)}: ${html(verdict)}</b><br>${valid ? 'valid run' : 'not a valid run'}${list}</div>`
  })
  const unsound = runs.some(({ valid }) => !valid)
    ? ['No number of a run that is not valid counts before the reasons are read.']
    : []
  const below = [...unsound, ...shared.map((text) => `Every run: ${text}`)]
  return `<section class="verdicts" aria-label="verdict and validity">${cards.join('')}</section>
${below.map((text) => `<p class="soft">${html(text)}</p>`).join('\n')}`
}

export const table = (head: readonly string[], rows: readonly Row[], kind = ''): string => {
  const heads = head.map((text) => `<th scope="col">${html(text)}</th>`).join('')
  const body = rows.map(({ label, note, cells, key }) => {
    const name = `${html(label)}${note ? `<small>${html(note)}</small>` : ''}`
    return `<tr${key ? ' class="key"' : ''}><td>${name}</td>${cells.map((text) => `<td>${html(text)}</td>`).join('')}</tr>`
  })
  return `<div class="scroll"><table${kind && ` class="${kind}"`}><thead><tr>${heads}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`
}

const figureHtml = async ({ title, caption, spec, key }: Figure, name: string): Promise<string> => {
  const keys = key.map(
    ({ name, colour, dash }) =>
      `<span><svg width="28" height="10" aria-hidden="true"><line x1="0" y1="5" x2="28" y2="5" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash.join(' ')}"/></svg>${html(name)}</span>`,
  )
  return `<h2>${html(title)}</h2>
<div class="key-row">${keys.join('')}</div>
<figure role="img" aria-label="${html(title)}">${await draw(spec, `${name}-${title.toLowerCase().replaceAll(' ', '-')}`)}<figcaption>${html(caption)}</figcaption></figure>`
}

/** What each effort gave, and what each recall took. */
const efforts = (inputs: readonly ReportInput[]): string => {
  const points = effortRows(inputs)
  if (points.length === 0) return ''
  return `<h2>At equal recall</h2>${table(['', ...runNames(inputs)], atRecallRows(inputs), 'facts')}
<p class="soft">${html(EFFORT_NOTE)}</p>${table(EFFORT_HEAD, points)}`
}

/** What each engine promised, and every setting of it that is not as it comes. */
const fairness = (inputs: readonly ReportInput[]): string => {
  const differs = inputs.map((input, i) => {
    const rows = differsRows(input)
    return rows.length === 0
      ? ''
      : `<h3>Not as it comes: ${html(runNames(inputs)[i])}</h3>${table(DIFFERS_HEAD, rows, 'facts')}`
  })
  return `<h2>Fairness</h2>${table(['', ...runNames(inputs)], fairnessRows(inputs), 'facts')}${differs.join('')}`
}

const AGE_NOTE =
  'Age: from the write of a true neighbour being due to the search. Last column: recall of the searches whose nearest true neighbour is of that age, and their number. An index that decays loses preloaded rows too, and more in the second half; one that finds new rows badly leaves them as they were. Neighbours too young to be visible are not found by any index.'

/** What tells an index that decays from one that finds new rows badly, and from one that is lost far from its data. */
const ages = (inputs: readonly ReportInput[]): string => {
  const tables = inputs.flatMap(({ findings }, i) => {
    const rows = ageRows(findings)
    if (rows.length === 0) return []
    const arrivals = arrivalRows(findings)
    const far = arrivals.length > 0 ? table(ARRIVAL_HEAD, arrivals) : ''
    return [`<h2>Recall by age: ${html(runNames(inputs)[i])}</h2>${table(AGE_HEAD, rows)}${far}`]
  })
  return tables.length > 0 ? `${tables.join('')}\n<p class="soft">${html(AGE_NOTE)}</p>` : ''
}

const checks = (inputs: readonly ReportInput[]): string => {
  const limits = inputs[0]!.findings.checks
  if (limits.length === 0) return ''
  const rows = limits.map(({ limit }, i) => {
    const cells = inputs.map(({ findings }) => {
      const check = findings.checks[i]
      return `<td class="${html(check?.outcome)}">${html(check?.outcome)} <small>${html(scannedCheck(limit, checked(limit, check?.value), scanOf(findings)))}</small></td>`
    })
    return `<tr><td><code>${html(limit)}</code></td>${cells.join('')}</tr>`
  })
  const heads = ['limit', ...runNames(inputs)].map((text) => `<th scope="col">${html(text)}</th>`)
  return `<h2>Checks</h2><div class="scroll"><table><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** A run with one measured phase is that phase: the headline table has it. */
const phases = (inputs: readonly ReportInput[]): string =>
  inputs
    .map(({ findings }, i) => {
      const measured = findings.phases.filter((phase) => phase.measured)
      if (measured.length < 2) return ''
      const heads = measured.map(
        ({ name, from, to }) => `${name} (${from.toFixed(0)}–${to.toFixed(0)} s)`,
      )
      return `<h2>Phases: ${html(runNames(inputs)[i])}</h2>${table(
        ['', ...heads],
        scopeRows(
          measured,
          measured.map(() => scanOf(findings)),
        ),
      )}`
    })
    .join('')

const outcomes = (inputs: readonly ReportInput[]): string =>
  inputs
    .map(
      (input, i) =>
        `<h2>Operations: ${html(runNames(inputs)[i])}</h2>${table(['kind', 'offered', 'ok', 'fail', 'unknown', 'skipped'], outcomeRows(input))}`,
    )
    .join('')

const howMeasured = (inputs: readonly ReportInput[]): string => {
  const commands = [...new Set(inputs.map(({ manifest }) => manifest.command))]
  return `<h2>How it was measured</h2>${table(['', ...runNames(inputs)], factRows(inputs), 'facts')}
<p>To repeat it:</p><pre>${commands.map(html).join('\n')}</pre>
<p class="soft">What each number means: docs/definitions.md of driftmark. Both ends of a bracket are proven by the searches that were made; nothing in between is assumed.</p>`
}
