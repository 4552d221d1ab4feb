import { problem } from '../errors.ts'
import { ln, type Scenario } from '../model/index.ts'
import type { WHAT } from './requests.ts'
import type { Tally } from './tally.ts'

type What = (typeof WHAT)[number]
const KIND: Readonly<Record<string, What>> = {
  ingestToSearchable: 'insert',
  updateToVisible: 'update',
  deleteToInvisible: 'delete',
}
const QUANTILE: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 }

/**
 * The fewest values from which a 95 % interval of a quantile by order statistics has both ends (definitions
 * §2): 368 for p99, 3,688 for p999.
 */
const fewest = (quantile: number): number => Math.ceil(ln(0.025) / ln(quantile))

/** Throws SCENARIO_QUANTILE for the first limit on a quantile that the probed writes cannot support. */
export const refuseQuantiles = (scenario: Scenario, counts: Tally): void => {
  for (const { path, text } of scenario.limits) {
    const parts = path.split('.')
    const scope = parts[0] === 'phases' ? parts[1] : undefined
    const kind = parts.map((part) => KIND[part]).find((what) => what !== undefined)
    const quantile = parts.map((part) => QUANTILE[part]).find((q) => q !== undefined)
    if (kind === undefined || quantile === undefined) continue
    const sum = within(scenario, counts, kind, scope)
    const needed = fewest(quantile)
    const stable = parts.includes('stableSince')
    const n = stable ? sum.watched : sum.probed
    if (n >= needed) continue
    const part = (stable ? (scenario.probes?.watch ?? 0) : 1) * eligiblePart(sum)
    const cure = cureOf(scenario, needed, sum.written, part)
    throw problem('SCENARIO_QUANTILE', { limit: text, needed, probed: n, cure })
  }
}

const eligiblePart = ({ probed, ineligible }: Sums): number =>
  probed + ineligible > 0 ? probed / (probed + ineligible) : 1

type Sums = Record<'written' | 'probed' | 'watched' | 'ineligible', number>

/** Sums over the measured phases, or those of one phase by name or index. */
const within = ({ phases }: Scenario, counts: Tally, kind: What, scope: string | undefined) => {
  const sum: Sums = { written: 0, probed: 0, watched: 0, ineligible: 0 }
  phases.forEach(({ measured, name }, i) => {
    const counted = scope === undefined ? measured : scope === name || scope === String(i)
    const phase = counts.phases.get(i)
    if (!counted || !phase) return
    sum.written += phase.written[kind]
    sum.probed += phase.probed[kind]
    sum.watched += phase.watched[kind]
    sum.ineligible += phase.ineligible[kind]
  })
  return sum
}

/**
 * The share that would do: three standard deviations above what is needed, for the draw is by chance.
 *
 * @param part of the writes drawn, those that count
 */
const cureOf = ({ probes }: Scenario, needed: number, written: number, part: number): string => {
  if (!probes || probes.share === 0) return 'give the scenario probes'
  const share = Math.ceil((100 * (needed + 3 * Math.sqrt(needed))) / (written * part))
  if (share <= 100) return `probes.share: ${share}% would do`
  return `no share would do, for there are ${written} such writes in all: write more of them, or limit a lower quantile`
}
