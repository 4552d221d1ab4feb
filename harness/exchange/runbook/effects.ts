import { possibleStates, type View, type Write } from '../../analysis/index.ts'
import { FAIL, type Micros, OK } from '../../model/index.ts'

/** What to make of a write that may have happened or not: it took effect when it was sent, or never. */
export type Assume = 'applied' | 'ignored'

/** A write of one row, and the instant from which it counts. */
export interface Effect {
  readonly write: Write
  readonly at: Micros
}

/**
 * The writes of a collection in the order in which they took effect: an acknowledged one when its answer came, which orders
 * any two that did not overlap as they were; a failed one never; one of unknown outcome as `assume` has it. Ties keep the order of the
 * trace, then of the ids.
 */
export const effectsOf = (view: View, space: number, assume: Assume): readonly Effect[] => {
  const effects: Effect[] = []
  for (const id of view.writtenIds(space)) {
    for (const write of view.writesOf(space, id)) {
      if (write.outcome === OK) effects.push({ write, at: write.done })
      else if (write.outcome !== FAIL && write.sent < Infinity && assume === 'applied') {
        effects.push({ write, at: write.sent })
      }
    }
  }
  return effects.sort((a, b) => a.at - b.at || a.write.op - b.write.op || a.write.id - b.write.id)
}

/** Writes of a collection that were sent and may have happened or not. */
export const openWrites = (view: View, space: number): number => {
  let open = 0
  for (const id of view.writtenIds(space)) {
    for (const { outcome, sent } of view.writesOf(space, id)) {
      if (outcome !== OK && outcome !== FAIL && sent < Infinity) open++
    }
  }
  return open
}

/** Ids that have more than one possible state at an instant (definitions §3). */
export const undecidedIds = (view: View, space: number, at: Micros): number => {
  let undecided = 0
  for (const id of view.writtenIds(space)) {
    if (possibleStates(view, space, id, at, at).length > 1) undecided++
  }
  return undecided
}
