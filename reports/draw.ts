import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { CONFIG } from './theme.ts'

/** A vega-lite specification, as plain data. */
export type Spec = Readonly<Record<string, unknown>>

/**
 * Draws a specification as SVG text: no script, no network, no canvas; `name` keeps its ids apart from other figures'.
 * Errors: what vega throws on a wrong specification.
 */
export const draw = async (spec: Spec, name: string): Promise<string> => {
  const whole = { ...spec, config: CONFIG } as unknown as TopLevelSpec
  const { spec: compiled } = compile(whole, { logger: silent() })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: silent() })
  const svg = await view.toSVG()
  view.finalize()
  return renumber(svg.replace(/ xmlns:xlink="[^"]*"/, ''), name)
}

/** Vega counts its clip paths over the life of the process; the same figure must give the same bytes. */
const renumber = (svg: string, name: string): string => {
  const ids = new Map<string, string>()
  return svg.replace(/\b(id="|url\(#)((?:clip|gradient_)\d+)/g, (_, before: string, id: string) => {
    const known = ids.get(id) ?? `${name}-${ids.size}`
    ids.set(id, known)
    return before + known
  })
}

/** Vega's warnings are about hosts without a canvas; its errors are thrown. */
const silent = (): vega.LoggerInterface => vega.logger(vega.Error)
