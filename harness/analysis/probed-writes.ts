import type { ProbedWrite } from './fresh.ts'
import type { Ladder } from './ladders.ts'
import { isLost } from './lookups.ts'
import { type ProvenVisibility, provenForExact } from './proven.ts'
import type { Probing } from './visibility.ts'

/** What is known of the freshness of each probed upsert, for the loss by cause. */
export const probedWritesOf = (probing: Probing): readonly ProbedWrite[] =>
  probing.ladders.flatMap((ladder, i) =>
    ladder.kind === 'delete' ? [] : [probedWriteOf(probing, ladder, probing.proven[i]!)],
  )

/**
 * A row that was missed and seen later was not yet visible when it was missed. One that was never seen may have been out of the graph's reach
 * instead: only exact search proves that it was not visible, and any sighting that it was. A row proven lost was never visible, or no longer
 * after it was last seen.
 */
const probedWriteOf = (
  { view, lookup, bounds }: Probing,
  ladder: Ladder,
  { fate, lower }: ProvenVisibility,
): ProbedWrite => {
  const { write, kind, phase } = ladder
  const known = { op: write.op, id: write.id, kind, phase }
  const lastSeen = ladder.answers.filter(({ hit }) => hit).at(-1)
  const gone = isLost(view, lookup, write)
  if (gone && !lastSeen) return { ...known, lower: Infinity, upper: Infinity, lostFrom: 0 }
  const exact = provenForExact(ladder, bounds)
  return {
    ...known,
    lower: Math.min(fate === 'seen' ? lower : exact.lower, exact.upper),
    upper: exact.upper,
    lostFrom: gone ? lastSeen!.done - write.due : Infinity,
  }
}
