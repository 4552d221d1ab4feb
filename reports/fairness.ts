import {
  type Aspect,
  type Fairness,
  fairnessOf,
  type Level,
  unlikeIn,
} from '../harness/model/index.ts'
import { UNKNOWN } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import type { Row } from './row.ts'

/** As a person reads them. */
const ASPECT: Readonly<Record<Aspect, { readonly label: string; readonly note: string }>> = {
  durability: { label: 'durability', note: 'what an acknowledgement has waited for' },
  acknowledgement: { label: 'acknowledgement', note: 'what it says of the write' },
  consistency: { label: 'consistency', note: 'what a search sees of the writes before it' },
}

/**
 * The first line of a report whose numbers do not belong side by side: targets of unlike durability, acknowledgement or consistency, and
 * engines that their adapter calls not comparable. Null where there is nothing of the kind.
 */
export const unlikeLine = (inputs: readonly ReportInput[]): string | null => {
  const all = fairnessesOf(inputs)
  const aspects = unlikeIn(all.map(({ fairness }) => fairness)).map((aspect) => {
    const told = all.map(({ name, fairness }) => `${name} ${short(fairness[aspect])}`)
    return `${ASPECT[aspect].label} (${told.join(', ')})`
  })
  const objections = all.flatMap(({ name, fairness: { objection } }) =>
    objection === null ? [] : [`${name} (${objection})`],
  )
  const sentences = [
    ...(aspects.length > 0 ? [`Unlike stands beside unlike: ${aspects.join('; ')}.`] : []),
    ...(objections.length > 0 ? [`Not for comparison: ${objections.join('; ')}.`] : []),
  ]
  return sentences.length > 0 ? sentences.join(' ') : null
}

/** Repeats of a target say it once. */
const fairnessesOf = (inputs: readonly ReportInput[]) => {
  const seen = new Map<string, Fairness>()
  const names = runNames(inputs)
  inputs.forEach(({ findings, manifest }, i) => {
    const fairness = fairnessOf(manifest.engine)
    const known = seen.get(findings.run.target)
    const same = known !== undefined && unlikeIn([known, fairness]).length === 0
    if (!same) seen.set(known === undefined ? findings.run.target : names[i]!, fairness)
  })
  return [...seen].map(([name, fairness]) => ({ name, fairness }))
}

const short = ({ level, words }: Level): string =>
  level ?? (words === 'not told' ? words : 'told in other words')

const inFull = ({ level, words }: Level): string =>
  [level, words].filter((part) => part !== null && part !== '').join(': ')

/** What each engine promised, how it was reached, and whether its numbers may stand beside another's. */
export const fairnessRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const row = (
    label: string,
    of: (fairness: Fairness, input: ReportInput) => string | null,
    note?: string,
  ): Row => ({
    label,
    ...(note === undefined ? {} : { note }),
    cells: inputs.map((input) => of(fairnessOf(input.manifest.engine), input) ?? UNKNOWN),
  })
  return [
    row('system, version', ({ system, version }, { manifest }) =>
      [system ?? manifest.target.adapter, version].filter(Boolean).join(' '),
    ),
    row('may be compared', ({ objection }) =>
      objection === null ? 'yes: its adapter knows nothing against it' : `no: ${objection}`,
    ),
    ...(Object.keys(ASPECT) as Aspect[]).map((aspect) =>
      row(ASPECT[aspect].label, (fairness) => inFull(fairness[aspect]), ASPECT[aspect].note),
    ),
    row('asked for by the scenario', (_, { manifest: { scenario } }) => {
      const { durability = 'default', consistency = 'default' } = scenario.client ?? {}
      return `durability ${durability}, consistency ${consistency}`
    }),
    row('transport', ({ transport }) => transport),
    row('index', ({ index }) => index, 'as the engine understood it'),
    row('effort', ({ effort }) => effort, 'of a search that asks for none of its own'),
    row(
      'who answered',
      (_, { findings, manifest }) => answeredBy(findings.validity, manifest.engine.plan),
      'when the preload had settled, before the clock started; and after the trace',
    ),
    row('settings that are not as they come', ({ differs }) =>
      differs.length === 0 ? 'none told' : `${differs.length}, below`,
    ),
  ]
}

const answeredBy = ({ plan }: ReportInput['findings']['validity'], before: unknown): string =>
  (plan ?? [before, null]).map(planOf).join('; ')

const planOf = (plan: unknown): string => {
  if (plan === null || plan === undefined) return 'not told'
  return (
    { index: 'the index', exact: 'exact scan', partial: 'partly exact scan' }[`${plan}`] ??
    `${plan}`
  )
}

export const DIFFERS_HEAD = ['setting', 'is', 'is by itself', 'why'] as const

/** Every setting of one run's engine, and of the way to it, that is not what it is by itself. */
export const differsRows = ({ manifest }: ReportInput): readonly Row[] =>
  fairnessOf(manifest.engine).differs.map(({ setting, value, usual, why }) => ({
    label: setting,
    cells: [value, usual ?? UNKNOWN, why ?? UNKNOWN],
  }))
