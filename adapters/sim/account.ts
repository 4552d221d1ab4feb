import type { Found, SimCollection } from './collection.ts'
import { ROLE, STATE } from './rows.ts'
import type { Extra, Left } from './truth.ts'

/** What the index did to rows that it could have returned, by slot. */
export type Doings = ReadonlyMap<number, 'missing' | 'short' | 'duplicate' | 'clip'>

interface Given {
  readonly vector: Float32Array
  readonly k: number
  readonly via: 'search' | 'exact'
  readonly hits: readonly Found[]
  readonly doings: Doings
}

const OUT_OF_SIGHT: Readonly<Record<number, Left['why']>> = {
  [STATE.lost]: 'lost',
  [STATE.forgotten]: 'forgotten',
  [STATE.waiting]: 'notYetVisible',
  [STATE.flickering]: 'flicker',
  [STATE.unreachable]: 'unreachable',
}

const WRONG: Readonly<Record<number, Extra['why']>> = {
  [ROLE.outdated]: 'outdated',
  [ROLE.leaving]: 'notYetGone',
  [ROLE.ghost]: 'ghost',
  [ROLE.stale]: 'stale',
  [ROLE.returned]: 'returned',
  [ROLE.undeleted]: 'undeleted',
}

/**
 * What an answer owes and has too much of. Owed: the k nearest among the last versions written, each not deleted since; one
 * that is not in the answer is left out for its state's sake, else for what the index did, else because a row that should
 * not be there took its place. Too much: every returned row that is none of the last versions written.
 */
export const accountOf = (
  collection: SimCollection,
  { vector, k, via, hits, doings }: Given,
): { left: Left[]; extra: Extra[] } => {
  const returned = new Set(hits.map(({ slot }) => slot))
  const left: Left[] = []
  for (const { id, version, slot } of collection.written(vector, k)) {
    if (returned.has(slot)) continue
    const state = collection.stateOf(slot)
    const hidden = via === 'exact' && state === STATE.unreachable ? undefined : OUT_OF_SIGHT[state]
    left.push({ id, version, why: hidden ?? doings.get(slot) ?? 'crowdedOut' })
  }
  const extra: Extra[] = []
  for (const { id, version, slot } of hits) {
    const why = WRONG[collection.roleOf(slot)]
    if (why !== undefined) extra.push({ id, version, why })
  }
  return { left, extra }
}
