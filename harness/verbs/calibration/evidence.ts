import { laddersOf } from '../../analysis/ladders.ts'
import { provenRemoval } from '../../analysis/proven.ts'
import { viewOf } from '../../analysis/view.ts'
import { readRun } from '../../drive/index.ts'
import type { Dataset, Figure, Findings } from '../../model/index.ts'
import { readTruth } from './truth.ts'

/** A number of rows: as the instrument found it, and as the sim says it is. */
export interface Counted {
  readonly measured: Figure
  readonly truth: number
  readonly of: number
}

/** What the instrument found, beside what the sim says of itself. */
export interface Evidence {
  readonly findings: Findings
  readonly k: number
  /** True times to visibility of the probed inserts, in ms since each was due; +∞ = never. */
  readonly visible: readonly number[]
  readonly lost: Counted
  readonly ghosts: Counted
}

/** Lays a run beside the log that the sim kept: both stamp with the machine's monotonic clock. */
export const gatherEvidence = async (
  dir: string,
  log: string,
  findings: Findings,
  dataset: Dataset,
): Promise<Evidence> => {
  const run = await readRun(dir)
  const { origin } = run.history
  if (origin === undefined) throw new Error('the history does not tell when the run began')
  const truth = readTruth(log)
  const ladders = laddersOf(viewOf({ ...run, dataset }))
  const inserts = ladders.filter(({ kind }) => kind === 'insert').map(({ write }) => write)
  const removals = ladders
    .filter(({ kind }) => kind === 'delete')
    .map((ladder) => ({ id: ladder.write.id, ...provenRemoval(ladder) }))
    .filter(({ wasFindable }) => wasFindable)
  return {
    findings,
    k: run.manifest.scenario.k,
    visible: inserts.map(({ id, due }) => {
      const at = truth.upserts.get(id)?.visible ?? null
      return at === null ? Infinity : (at - origin - due) / 1000
    }),
    lost: {
      measured: findings.ingestToSearchable?.lost ?? null,
      truth: inserts.filter(({ id }) => truth.upserts.get(id)?.lost).length,
      of: inserts.length,
    },
    ghosts: {
      measured: removals.filter(({ upper }) => upper === Infinity).length,
      truth: removals.filter(({ id }) => truth.deletes.get(id)?.ghost).length,
      of: removals.length,
    },
  }
}
