import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { CONFIG } from './theme.ts'

/** A vega-lite specification, as plain data. */
export type Spec = Readonly<Record<string, unknown>>

/** Draws a specification as SVG text: no script, no network, no canvas. Errors: what vega throws on a wrong specification. */
export const draw = async (spec: Spec): Promise<string> => {
  const whole = { ...spec, config: CONFIG } as unknown as TopLevelSpec
  const { spec: compiled } = compile(whole, { logger: silent() })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: silent() })
  const svg = await view.toSVG()
  view.finalize()
  return svg.replace(/ xmlns:xlink="[^"]*"/, '')
}

/** Vega's warnings are about hosts without a canvas; its errors are thrown. */
const silent = (): vega.LoggerInterface => vega.logger(vega.Error)
