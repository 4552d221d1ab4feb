import type { Id, RunbookStep, Version } from '../../model/index.ts'
import { INSERT, REMOVE, UPDATE } from '../requests.ts'

/** One row that a step writes. */
export interface Written {
  /** From 1, as the file counts. */
  readonly step: number
  /** INSERT, UPDATE or REMOVE; a tag that is inserted again is an update, as the findings count it (definitions §2). */
  readonly what: number
  /** The tag: the key under which the row is stored. */
  readonly id: Id
  /** Never used for this id before; of a delete, the version that goes. */
  readonly version: Version
  /** The row of the dataset that the tag stands for from now on; of a delete, until now. */
  readonly row: number
}

/** What stands when a step has been done. */
export interface Standing {
  readonly step: number
  /** Tags that are there. */
  readonly live: number
  /** Whether a tag is there, and the row it stands for. */
  rowOf(id: Id): number | undefined
}

/** One past the highest tag or row that any step names. */
export const rowsNeeded = (steps: readonly RunbookStep[]): number =>
  steps.reduce((most, step) => {
    if (step.do === 'search' || step.do === 'wait') return most
    const sources = step.do === 'replace' ? step.from + step.end - step.start : 0
    return Math.max(most, step.end, sources)
  }, 0)

/**
 * Does the steps one after the other, row by row (definitions §7): an insert puts row i under tag i, a replace another
 * row under a tag, a delete takes the tag away. Versions of a tag count from 0 over all its writes.
 *
 * @param absent hears of a delete or replace of a tag that is not there, which is then passed by
 */
export const walkRunbook = (
  steps: readonly RunbookStep[],
  visit: {
    row?(written: Written): void
    done?(standing: Standing): void
    absent?(step: number, id: Id): void
  },
): void => {
  const tags = rowsNeeded(steps)
  const written = new Uint32Array(tags)
  const row = new Float64Array(tags).fill(Number.NaN)
  let live = 0
  const rowOf = (id: Id): number | undefined => (Number.isNaN(row[id]!) ? undefined : row[id])
  const put = (step: number, id: Id, source: number, isThere: boolean): void => {
    const version = written[id]!++
    row[id] = source
    if (!isThere) live++
    visit.row?.({ step, what: version === 0 ? INSERT : UPDATE, id, version, row: source })
  }
  const remove = (step: number, id: Id): void => {
    visit.row?.({ step, what: REMOVE, id, version: written[id]! - 1, row: row[id]! })
    row[id] = Number.NaN
    live--
  }
  steps.forEach((asked, i) => {
    const step = i + 1
    if (asked.do !== 'search' && asked.do !== 'wait') {
      for (let id = asked.start; id < asked.end; id++) {
        const isThere = rowOf(id) !== undefined
        if (asked.do === 'insert') put(step, id, id, isThere)
        else if (!isThere) visit.absent?.(step, id)
        else if (asked.do === 'delete') remove(step, id)
        else put(step, id, asked.from + id - asked.start, true)
      }
    }
    visit.done?.({ step, live, rowOf })
  })
}

/** The most tags that are live at once. */
export const peakOf = (steps: readonly RunbookStep[]): number => {
  let peak = 0
  walkRunbook(steps, {
    done: ({ live }) => {
      peak = Math.max(peak, live)
    },
  })
  return peak
}
