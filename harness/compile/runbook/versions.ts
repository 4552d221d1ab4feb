import type { RunbookStep } from '../../model/index.ts'
import { rowsNeeded, walkRunbook } from './walk.ts'

/**
 * Which row of the dataset each version of a tag is: version v of tag i is row i, unless it is in this table.
 * Structured-cloneable.
 */
export interface Revisions {
  /** The most versions that any tag has; at least 1. */
  readonly revisions: number
  readonly id: Uint32Array
  readonly version: Uint32Array
  readonly row: Uint32Array
}

/** The table of a runbook (definitions §7). Only replaced tags stand for another row than their own. */
export const runbookRevisions = (steps: readonly RunbookStep[]): Revisions => {
  const id: number[] = []
  const version: number[] = []
  const row: number[] = []
  const writes = new Uint32Array(rowsNeeded(steps))
  let revisions = 1
  walkRunbook(steps, {
    row: (written) => {
      writes[written.id] = written.version + 1
      revisions = Math.max(revisions, written.version + 1)
      if (written.row === written.id || written.version < 0) return
      if (steps[written.step - 1]!.do !== 'replace') return
      id.push(written.id)
      version.push(written.version)
      row.push(written.row)
    },
  })
  return {
    revisions,
    id: Uint32Array.from(id),
    version: Uint32Array.from(version),
    row: Uint32Array.from(row),
  }
}
