import { NO_VERSION, type Recall, type Scope } from '../model/index.ts'
import { recallByAge } from './ages.ts'
import { lossFindings } from './blame.ts'
import { checkpointTruths } from './checkpoints.ts'
import { driftOf } from './drift.ts'
import { atRecall, recallByEffort } from './efforts.ts'
import { recallByArrival } from './far.ts'
import type { ProbedWrite } from './fresh.ts'
import { type Members, placesWhere } from './groups.ts'
import { foreground, liveRecall, meanOf, recallBins } from './recall.ts'
import { judgeSearches, type SearchTable } from './searches.ts'
import { turnoverOf } from './turnover.ts'
import type { View } from './view.ts'

/** The findings that need exact truth. */
export type Truth = Pick<Scope, 'ghosts' | 'stale' | 'recall' | 'answerQuality' | 'loss' | 'drift'>

/**
 * Recall, loss, drift, answer quality, ghosts and stale rows, of the measured phases together and of each phase. Every search is judged
 * once. `probed`: what the probes know of freshness, for the loss by cause.
 */
export const truthFindings = (
  view: View,
  probed: readonly ProbedWrite[],
): { readonly whole: Truth; readonly phases: readonly Truth[] } => {
  const { phases } = view.trace.meta
  const table = judgeSearches(view, probed)
  const turnover = turnoverOf(view)
  const checkpoints = checkpointTruths(view, table, turnover)
  const byArrival = recallByArrival(view, table)
  const lookedUp = view.run.after?.lookups != null
  const tellsVersions = !view.history.hitVersions.includes(NO_VERSION)

  const of = (isInScope: (phase: number) => boolean): Truth => {
    const members = foreground(view, table, isInScope)
    const reached = checkpoints.filter(({ phase }) => isInScope(phase))
    const every = searchesOf(view, table, isInScope)
    const stray = {
      ghosts: countOf(table.ghost, every),
      stale: tellsVersions ? countOf(table.stale, every) : null,
    }
    if (every.length === 0) {
      return { ...stray, recall: null, answerQuality: null, loss: null, drift: null }
    }
    const bins = recallBins(table, members, turnover)
    return {
      ...stray,
      recall: {
        live: liveRecall(table, members),
        bins,
        checkpoints: reached.map(({ recall }) => recall),
        ...curveOf(view, table, isInScope),
        byAge: recallByAge(table, members),
        byArrival: byArrival(members),
      },
      answerQuality: qualityOf(table, members),
      loss: members.length === 0 ? null : lossFindings(table, members, lookedUp),
      drift: driftOf(view, { bins, checkpoints: reached, table, members }),
    }
  }
  return {
    whole: of((phase) => phases[phase]!.measured),
    phases: phases.map((_, phase) => of((other) => other === phase)),
  }
}

/** Where several efforts were asked. */
const curveOf = (
  ...of: Parameters<typeof recallByEffort>
): Pick<Recall, 'byEffort' | 'atRecall'> => {
  const byEffort = recallByEffort(...of)
  return byEffort ? { byEffort, atRecall: atRecall(byEffort) } : {}
}

/** Every `ok` search of some phases, those of checkpoints included. */
const searchesOf = (
  view: View,
  table: SearchTable,
  isInScope: (phase: number) => boolean,
): Members => {
  const { phase } = view.trace.ops
  return placesWhere(table.count, (s) => isInScope(phase[table.op[s]!]!))
}

const countOf = (flags: Uint8Array, members: Members): number => {
  let count = 0
  for (let i = 0; i < members.length; i++) count += flags[members[i]!]!
  return count
}

/** Null unless the run re-embeds in place. */
const qualityOf = (table: SearchTable, members: Members): Scope['answerQuality'] => {
  const value = meanOf(table.quality, members)
  const exact = meanOf(table.exactQuality, members)
  if (value === null || exact === null || Number.isNaN(value)) return null
  return { value, priceOfMixing: 1 - exact }
}
