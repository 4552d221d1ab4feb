import type { Removal } from '../model/index.ts'
import { provenRemoval } from './proven.ts'
import { type Probing, quantilesOf } from './visibility.ts'

/**
 * Delete-to-invisible of the probed deletes of some phases (definitions §2); null if there are none. Scored are those
 * that a probe sent before they were due returned. `returnedAfter`: scored deletes whose row was returned by a probe
 * issued when the delete was due, or later.
 */
export const removalOf = (
  { ladders }: Probing,
  isInScope: (phase: number) => boolean,
  answersExactly: boolean,
): Removal | null => {
  const deletes = ladders.filter(({ kind, phase }) => kind === 'delete' && isInScope(phase))
  if (deletes.length === 0) return null
  const proven = deletes.map(provenRemoval)
  const scored = proven.filter(({ wasFindable }) => wasFindable)
  return {
    probed: deletes.length,
    notFindableBefore: deletes.length - scored.length,
    returnedAfter: scored.filter(({ wasReturned }) => wasReturned).length,
    proven: answersExactly,
    ...quantilesOf(scored),
  }
}
