import { DELETED } from '../../analysis/index.ts'
import type { Id, Version } from '../../model/index.ts'
import type { Effect } from './effects.ts'

/** One step of a big-ann runbook: ranges are half open; a tag is the key, an id an immutable vector. */
export type Step =
  | { readonly operation: 'insert' | 'delete'; start: number; end: number }
  | {
      readonly operation: 'replace'
      tags_start: number
      tags_end: number
      ids_start: number
      ids_end: number
    }
  | { readonly operation: 'search' }

/** A search step with what is live at it, by our row id. */
export interface Search {
  /** 1-based, as in the runbook. */
  readonly step: number
  readonly live: number
  /** The version of each row, DELETED where it is not there. */
  readonly version: Int32Array
  /** Row → its tag; not meaningful where the row is not there. */
  readonly tag: Uint32Array
}

export interface Steps {
  readonly steps: readonly Step[]
  /** Step i is made of the op `ops[i]`; −1 for the preload and for searches. */
  readonly ops: readonly number[]
  /** Vector n of the runbook is row `ids[n]` at version `versions[n]`. */
  readonly ids: readonly Id[]
  readonly versions: readonly Version[]
  readonly searches: readonly Search[]
  /** The most rows that were live at any instant. */
  readonly peak: number
  /** Deletes of rows that were not there: a runbook cannot hold them. */
  readonly idle: number
}

/**
 * Turns writes into steps. Vectors are numbered in the order in which they are written, so that an insert is `[n, n + 1)` with tag n; a
 * write of a row that is there replaces the vector behind its tag. Neighbouring rows of one request share a step; with `merge`,
 * those of neighbouring requests too. `searches` are instants in order: each follows every effect at or before it.
 */
export const stepsOf = (
  effects: readonly Effect[],
  searches: readonly number[],
  { preload, rows, merge }: { preload: number; rows: number; merge: boolean },
): Steps => {
  const ids: Id[] = Array.from({ length: preload }, (_, id) => id)
  const versions: Version[] = new Array(preload).fill(0)
  const version = new Int32Array(rows).fill(DELETED).fill(0, 0, preload)
  const tag = Uint32Array.from({ length: rows }, (_, id) => id)
  const steps: Step[] = preload > 0 ? [{ operation: 'insert', start: 0, end: preload }] : []
  const ops: number[] = steps.map(() => -1)
  const found: Search[] = []
  let live = preload
  let peak = preload
  let idle = 0

  const add = (step: Step, op: number): void => {
    const last = steps.at(-1)
    if (last && (merge || ops.at(-1) === op) && extend(last, step)) return
    steps.push(step)
    ops.push(op)
  }
  const apply = ({ write }: Effect): void => {
    const wasThere = version[write.id] !== DELETED
    const key = tag[write.id]!
    if (write.version === DELETED) {
      if (!wasThere) {
        idle++
        return
      }
      add({ operation: 'delete', start: key, end: key + 1 }, write.op)
      live--
    } else {
      const n = ids.length
      ids.push(write.id)
      versions.push(write.version)
      if (wasThere) {
        const range = { tags_start: key, tags_end: key + 1, ids_start: n, ids_end: n + 1 }
        add({ operation: 'replace', ...range }, write.op)
      } else {
        add({ operation: 'insert', start: n, end: n + 1 }, write.op)
        tag[write.id] = n
        peak = Math.max(peak, ++live)
      }
    }
    version[write.id] = write.version
  }

  let next = 0
  for (const at of searches) {
    while (next < effects.length && effects[next]!.at <= at) apply(effects[next++]!)
    steps.push({ operation: 'search' })
    ops.push(-1)
    found.push({ step: steps.length, live, version: version.slice(), tag: tag.slice() })
  }
  for (const effect of effects.slice(next)) apply(effect)
  return { steps, ops, ids, versions, searches: found, peak, idle }
}

/** Makes `last` reach over `step` too, where the one goes on at once where the other ends. */
const extend = (last: Step, step: Step): boolean => {
  if (last.operation === 'replace' && step.operation === 'replace') {
    if (last.tags_end !== step.tags_start || last.ids_end !== step.ids_start) return false
    last.tags_end = step.tags_end
    last.ids_end = step.ids_end
    return true
  }
  if (last.operation === 'search' || last.operation === 'replace') return false
  if (last.operation !== step.operation || last.end !== step.start) return false
  last.end = step.end
  return true
}
