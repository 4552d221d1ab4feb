import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DELETED, type View } from '../../analysis/index.ts'
import { modelOf, revisionOf } from '../../model/index.ts'
import { writePieces } from '../files.ts'
import { fbinOf, fbinOfVectors, tagsFileOf, truthFileOf } from './binary.ts'
import type { Runbook } from './runbook.ts'
import type { Search } from './steps.ts'
import { truthsOf } from './truth.ts'
import { type RunbookNotes, runbookText, type StepTime } from './yaml.ts'

/**
 * Writes the files of a runbook into an empty folder: `<scenario>.yaml`, `base.fbin`, `queries.fbin`, and the truth where the field's
 * tools look for it, `<vectors>/<scenario>.yaml/step<N>.gt100` and `.tags`. `plain` leaves out all that the format does not know.
 * Gives the paths.
 */
export const runbookFiles = async (
  dir: string,
  view: View,
  runbook: Runbook,
  plain: boolean,
): Promise<readonly string[]> => {
  const { scenario } = view.trace.meta
  const { models, rows, revisions } = view.run.dataset
  const name = `${scenario.name}.yaml`
  const { queries, dimensions } = models[runbook.model - 1]!
  const vectorAt = (n: number): Float32Array => {
    const version = runbook.versions[n]!
    const { vectors } = models[modelOf(version, revisions) - 1]!
    return vectors.at(revisionOf(version, revisions) * rows + runbook.ids[n]!)
  }
  const notes = plain ? null : notesOf(view, runbook)
  const { steps, ids, peak } = runbook
  const text = runbookText(view.run.dataset.name, peak, steps, notes, timesOf(view, runbook))
  const written = [
    await writePieces(dir, name, text),
    await writePieces(dir, 'base.fbin', fbinOf(ids.length, dimensions, vectorAt)),
    await writePieces(dir, 'queries.fbin', fbinOfVectors(queries)),
  ]
  const folder = join(dir, String(ids.length), name)
  mkdirSync(folder, { recursive: true })
  const truths = truthsOf(view, 0, runbook.model, runbook.searches)
  for (const [i, search] of runbook.searches.entries()) {
    const file = `step${search.step}`
    written.push(
      await writePieces(folder, `${file}.gt100`, truthFileOf(truths[i]!)),
      await writePieces(folder, `${file}.tags`, tagsFileOf(liveTags(search))),
    )
  }
  return written
}

const liveTags = ({ version, tag }: Search): Uint32Array =>
  tag.filter((_, id) => version[id] !== DELETED).sort()

const notesOf = ({ run, trace }: View, { said, model }: Runbook): RunbookNotes => ({
  format: 'driftmark-runbook/1',
  run: run.manifest.id,
  target: run.manifest.target.label,
  trace: trace.meta.hash,
  metric: trace.meta.metric,
  k: trace.meta.scenario.k,
  base: 'base.fbin',
  queries: 'queries.fbin',
  queries_model: model,
  said: said.join('; '),
})

/** The requests behind the steps; the preload and searches have none. */
function* timesOf(view: View, { ops }: Runbook): Generator<StepTime> {
  for (const [i, op] of ops.entries()) {
    if (op < 0) continue
    yield {
      step: i + 1,
      due: view.trace.ops.at[op]!,
      sent: known(view.sentOf(op)),
      done: known(view.doneOf(op)),
    }
  }
}

/** To the nanosecond: no clock tells more. */
const known = (instant: number): number | null =>
  Number.isNaN(instant) ? null : Math.round(instant * 1000) / 1000
