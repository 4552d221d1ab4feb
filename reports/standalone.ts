import { draw } from './draw.ts'
import { ecdf } from './figures/ecdf.ts'
import { html } from './format.ts'
import type { ReportInput } from './input.ts'
import { VARIABLES } from './theme.ts'

const KEY_HEIGHT = 30
const KEY_STEP = 150

/** The ingest-to-searchable curves as one SVG file with its key and both colour schemes inside; null if no run has probes. */
export const standaloneEcdf = async (inputs: readonly ReportInput[]): Promise<string | null> => {
  const figure = ecdf(inputs)
  if (!figure) return null
  const chart = await draw(figure.spec, 'ecdf')
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(chart)!
  const key = figure.key.map(
    ({ name, colour, dash }, i) =>
      `<g transform="translate(${60 + i * KEY_STEP},16)"><line x2="30" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash.join(' ')}"/><text x="38" y="5" fill="var(--ink)">${html(name)}</text></g>`,
  )
  const total = Number(height) + KEY_HEIGHT
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="system-ui, sans-serif" font-size="14">
<title>${html(figure.title)}</title>
<style>${VARIABLES}</style>
<rect width="${width}" height="${total}" fill="var(--paper)"/>
${key.join('\n')}
<svg y="${KEY_HEIGHT}" width="${width}" height="${height}">${chart}</svg>
</svg>
`
}
