import {
  type Figure,
  type Id,
  LOOKUP_ABSENT,
  type Micros,
  NO_VERSION,
  OK,
  type Version,
} from '../model/index.ts'
import type { Ladder } from './ladders.ts'
import { possibleStates } from './states.ts'
import { DELETED, type View, type Write } from './view.ts'

/** What the look-up by id, after the run, found of a row. */
export interface Found {
  /** LOOKUP_ABSENT, NO_VERSION (found, version not told), or the version. */
  readonly version: Version
  readonly sent: Micros
  readonly done: Micros
}

export type Lookup = (space: number, id: Id) => Found | undefined

/** The final look-ups by row, those that were answered; null where none were made. */
export const lookupOf = ({ run }: View): Lookup | null => {
  const lookups = run.after?.lookups
  if (!lookups) return null
  const found = new Map<number, Found>()
  for (let i = 0; i < lookups.count; i++) {
    if (Number.isNaN(lookups.done[i]!)) continue
    found.set(keyOf(lookups.space[i]!, lookups.id[i]!), {
      version: lookups.version[i]!,
      sent: lookups.sent[i]!,
      done: lookups.done[i]!,
    })
  }
  return (space, id) => found.get(keyOf(space, id))
}

/**
 * Rows lost (definitions §2, Counts): of the probed upserts in scope, those that the look-up proves lost. A row counts with the last of
 * its probed upserts that are, so that it is lost once. Null where none of them was looked up.
 */
export const lostRows = (
  view: View,
  lookup: Lookup | null,
  every: readonly Ladder[],
  inScope: readonly Ladder[],
): Figure => {
  if (!lookup) return null
  const last = new Map<number, number>()
  for (const { kind, write } of every) {
    if (kind === 'delete' || !isLost(view, lookup, write)) continue
    const key = keyOf(write.space, write.id)
    last.set(key, Math.max(write.op, last.get(key) ?? 0))
  }
  const asked = inScope.some(({ write }) => lookup(write.space, write.id) !== undefined)
  if (!asked && inScope.length > 0) return null
  return inScope.filter(({ write }) => last.get(keyOf(write.space, write.id)) === write.op).length
}

/**
 * Is this acknowledged upsert proven lost? The look-up found no state that was possible then, and what this write left was one of those that
 * were.
 */
export const isLost = (view: View, lookup: Lookup | null, write: Write): boolean => {
  const { space, id, outcome, version } = write
  const found = outcome === OK ? lookup?.(space, id) : undefined
  if (!found) return false
  const possible = possibleStates(view, space, id, found.sent, found.done)
  return possible.includes(version) && !isPossible(found.version, possible)
}

const isPossible = (found: Version, possible: readonly Version[]): boolean => {
  if (found === LOOKUP_ABSENT) return possible.includes(DELETED)
  if (found === NO_VERSION) return possible.some((version) => version !== DELETED)
  return possible.includes(found)
}

/** Ids have 32 bits: a collection and an id in one number. */
const keyOf = (space: number, id: Id): number => space * 2 ** 32 + id
