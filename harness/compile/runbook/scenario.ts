import type { Runbook, RunbookStep } from '../../model/index.ts'
import type { Refusal } from '../meaning.ts'
import type { Parsed } from '../schema.ts'
import { readRunbook } from './read.ts'
import { timelineOf } from './timeline.ts'

/** A scenario in which the phases stand, whoever wrote them. */
export type Laid = Omit<Parsed, 'phases' | 'runbook'> & {
  readonly phases: NonNullable<Parsed['phases']>
  readonly runbook?: Runbook
}

/** The one phase of a scenario that plays a runbook. */
const PHASE = 'runbook'

/**
 * A runbook in place of phases: its steps are read, and one phase is made that is as long as they take. Without a
 * runbook the phases must be there.
 *
 * @param read gives the text of a file named in the scenario, and the path under which errors name it
 */
export const layRunbook = (
  { runbook: asked, phases, ...rest }: Parsed,
  read: (path: string) => { readonly text: string; readonly file: string },
): { readonly laid: Laid; readonly refusals: readonly Refusal[] } => {
  if (!asked) {
    const missing = { path: ['phases'], text: 'allowed: a list of phases, or a runbook' }
    return { laid: { ...rest, phases: phases ?? [] }, refusals: phases ? [] : [missing] }
  }
  const { text, file } = read(asked.file)
  const { name, maxPoints, steps } = readRunbook(text, file, asked.name)
  const { rate, batch, searches } = asked
  const runbook: Runbook = { file: asked.file, name, maxPoints, rate, batch, searches, steps }
  const { end } = timelineOf(runbook, rest.preload, rest.checkpoints?.settle ?? 0)
  const phase = { name: PHASE, for: end, measured: true, writes: null, searches, control: [] }
  return {
    laid: { ...rest, phases: [phase], runbook },
    refusals: [
      ...(phases
        ? [{ path: ['phases'], text: 'allowed: none, for the runbook says what comes when' }]
        : []),
      ...refusalsOf(rest, steps),
    ],
  }
}

const refusalsOf = (
  { checkpoints, dataset, preload, reembed }: Omit<Parsed, 'phases' | 'runbook'>,
  steps: readonly RunbookStep[],
): readonly Refusal[] => {
  const refusals: Refusal[] = []
  const refuse = (path: Refusal['path'], text: string): void => void refusals.push({ path, text })
  const searched = steps.findIndex((step) => step.do === 'search')
  const first = steps[0]!
  const most = first.do === 'insert' && first.start === 0 ? first.end : 0
  if (preload > most) {
    refuse(
      ['preload'],
      `allowed: at most ${most}, the rows from 0 on that step 1 of the runbook inserts`,
    )
  }
  if (searched >= 0 && !checkpoints) {
    refuse(
      ['checkpoints'],
      `allowed: a map that says how the searches of step ${searched + 1} are asked, such as { rate: 500/s }`,
    )
  }
  if (checkpoints?.every !== undefined) {
    refuse(['checkpoints', 'every'], 'allowed: nothing, for the runbook says where it searches')
  }
  if (reembed) refuse(['reembed'], 'allowed: nothing beside a runbook')
  if (dataset.revisions !== undefined && dataset.revisions !== 1) {
    refuse(['dataset', 'revisions'], 'allowed: 1, for the runbook says which row replaces which')
  }
  return refusals
}
