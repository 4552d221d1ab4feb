import { checkpointSource, type View } from '../../analysis/index.ts'
import { problem } from '../../errors.ts'
import { type Micros, OK, SEARCH, SECOND } from '../../model/index.ts'
import { type Assume, effectsOf, openWrites, undecidedIds } from './effects.ts'
import { type Steps, stepsOf } from './steps.ts'

/** A run as a runbook, before its files. */
export interface Runbook extends Steps {
  /** The model whose queries every search step asks. */
  readonly model: number
  /** What a reader must know of how it was made, a sentence each. */
  readonly said: readonly string[]
}

interface Choice {
  /** How writes that may have happened or not are taken; without it, a run that needs to know is refused. */
  readonly assume: Assume | null
  /** Steps of neighbouring requests become one. */
  readonly merge: boolean
}

/**
 * The writes of a run in the order in which they took effect, with a search at each checkpoint that was reached, or one at the end where
 * there is none. Errors: EXPORT_IMPOSSIBLE for a run of two collections, or one that never holds a row; EXPORT_UNDETERMINED
 * where rows had more than one possible state at a search and nothing was assumed.
 */
export const runbookOf = (view: View, { assume, merge }: Choice): Runbook => {
  const { meta } = view.trace
  if (meta.spaces.length > 1) {
    const why = 'it writes two collections, and a runbook knows one'
    throw problem('EXPORT_IMPOSSIBLE', { format: 'runbook', why })
  }
  const said: string[] = []
  const searches = searchesOf(view, said)
  determine(view, searches, assume, said)
  const effects = effectsOf(view, 0, assume ?? 'ignored')
  const first = meta.preload > 0 ? -Infinity : (effects[0]?.at ?? Infinity)
  const instants = searches.map(({ at }) => at).filter((at) => at >= first)
  if (instants.length === 0) {
    const why = 'no row is live at any of its searches'
    throw problem('EXPORT_IMPOSSIBLE', { format: 'runbook', why })
  }
  const early = searches.length - instants.length
  if (early > 0) said.push(`${early} searches before the first write are left out`)
  const rows = view.run.dataset.rows
  const steps = stepsOf(effects, instants, { preload: meta.preload, rows, merge })
  if (steps.idle > 0) {
    said.push(`${steps.idle} deletes of rows that were not there are left out`)
  }
  return { ...steps, model: modelOfSearches(searches, said), said }
}

/** Refuses a run that leaves open what was live at a search, unless something is assumed; says what was. */
const determine = (
  view: View,
  searches: readonly SearchAt[],
  assume: Assume | null,
  said: string[],
): void => {
  const undecided = searches.map(({ at }) => undecidedIds(view, 0, at))
  const most = Math.max(...undecided)
  if (most > 0) {
    const { at } = searches[undecided.indexOf(most)]!
    const where = `at ${(Math.min(at, view.trace.meta.end) / SECOND).toFixed(3)} s`
    const why = `${most} rows have more than one possible state, since a write of theirs is unknown or unanswered`
    if (!assume) throw problem('EXPORT_UNDETERMINED', { where, why })
    said.push(`${where}, ${why}: any other write is taken as applied when it was answered`)
  }
  const open = openWrites(view, 0)
  if (open === 0) return
  const taken =
    assume === 'applied' ? 'taken as applied when they were sent' : 'left out, as never applied'
  said.push(`${open} writes of unknown outcome are ${taken}`)
}

interface SearchAt {
  readonly at: Micros
  readonly model: number
}

/** The checkpoints that were reached, in order of time; without any, one search after everything. */
const searchesOf = (view: View, said: string[]): readonly SearchAt[] => {
  const { checkpoints } = view.trace.meta
  const found = checkpoints.flatMap((_, checkpoint) => checkpointSource(view, checkpoint) ?? [])
  if (found.length < checkpoints.length) {
    said.push(
      `${checkpoints.length - found.length} checkpoints have no answered search and are left out`,
    )
  }
  if (found.length > 0) return [...found].sort((a, b) => a.at - b.at)
  said.push('no checkpoint of the run was reached: there is one search step, after every write')
  return [{ at: Infinity, model: lastModel(view) }]
}

/** The model that the last answered search asked; 1 if there is none. */
const lastModel = ({ trace, history }: View): number => {
  for (let event = history.count - 1; event >= 0; event--) {
    const isSearch = trace.ops.kind[history.op[event]!] === SEARCH
    if (isSearch && history.outcome[event] === OK) return history.model[event]!
  }
  return 1
}

/** A runbook has one set of queries: that of the last search. */
const modelOfSearches = (searches: readonly SearchAt[], said: string[]): number => {
  const { model } = searches.at(-1)!
  if (searches.some((search) => search.model !== model)) {
    said.push(
      `the run asked queries of several models; every search step asks those of model ${model}`,
    )
  }
  return model
}
