import { type Micros, OK } from '../model/index.ts'
import type { Answer, Ladder } from './ladders.ts'

/** What is proven of a duration: it lies in [lower, upper], in microseconds since the write was due. */
export interface Proven {
  readonly lower: Micros
  readonly upper: Micros
}

export type Fate = 'seen' | 'neverSeen' | 'notObserved' | 'superseded'

export interface ProvenVisibility extends Proven {
  readonly fate: Fate
  /** Misses issued after a hit was answered. */
  readonly flicker: number
}

/** Until when a run can have seen anything, and which writes of unknown outcome are known to have happened. */
export interface Bounds {
  /** Since a write was due. */
  readonly deadline: Micros
  readonly horizon: Micros
  wasFound(ladder: Ladder): boolean
}

const OPEN: Proven = { lower: 0, upper: Infinity }

/**
 * [L, U] of a write's ingest-to-searchable or update-to-new-version (definitions §2).
 *
 * A miss still unanswered when the id's next write was sent is neither hit nor miss: what it did not return may have been replaced.
 * A write of unknown outcome that was neither seen nor found afterwards may never have happened: it stands as [0, +Infinity), which keeps
 * both ends of the bracket true whether it happened or not, and counts as `notObserved`. So does a row of a run that ended before the
 * row's deadline, and one whose rungs after its last answer (there was at least one, or there was no answer) all failed or timed out.
 */
export const provenVisibility = (ladder: Ladder, bounds: Bounds): ProvenVisibility => {
  const { write } = ladder
  const answers = ladder.answers.filter((answer) => isEvidence(answer, ladder))
  const first = answers.find(({ hit, done }) => hit && done <= write.due + bounds.deadline)
  if (first) {
    const flicker = answers.filter(({ hit, sent }) => !hit && sent > first.done).length
    const lower = lastIssue(answers.filter(({ hit, sent }) => !hit && sent < first.sent))
    return { lower: since(ladder, lower), upper: first.done - write.due, fate: 'seen', flicker }
  }
  const happened = write.outcome === OK || bounds.wasFound(ladder)
  if (!happened) return { ...OPEN, fate: 'notObserved', flicker: 0 }
  const lastMiss = lastIssue(answers.filter(({ hit }) => !hit))
  const isCut = ladder.cutShort || ladder.next < write.due + bounds.deadline
  const isBlind =
    write.due + bounds.deadline > bounds.horizon ||
    answers.length === 0 ||
    ladder.lastUnanswered > lastMiss
  const fate = isCut ? 'superseded' : isBlind ? 'notObserved' : 'neverSeen'
  return { lower: since(ladder, lastMiss), upper: Infinity, fate, flicker: 0 }
}

/**
 * [issue of the last miss, answer of the first hit after it] (definitions §2): from then on no probe missed. The upper
 * end is an estimate.
 */
export const provenStability = (ladder: Ladder, bounds: Bounds): Proven => {
  if (provenVisibility(ladder, bounds).fate !== 'seen' && ladder.write.outcome !== OK) return OPEN
  const answers = ladder.answers.filter((answer) => isEvidence(answer, ladder))
  const lastMiss = lastIssue(answers.filter(({ hit }) => !hit))
  const hit = answers.find((answer) => answer.hit && answer.sent > lastMiss)
  return { lower: since(ladder, lastMiss), upper: (hit?.done ?? Infinity) - ladder.write.due }
}

/**
 * First visible to exact search, which leaves the graph out (definitions §2): only exact checks prove a miss; a hit of
 * either kind proves that the row was stored, since exact search returns every row that a probe is drawn for.
 */
export const provenForExact = (ladder: Ladder, bounds: Bounds): Proven => {
  const { write } = ladder
  const all = [...ladder.answers, ...ladder.exact].filter((answer) => isEvidence(answer, ladder))
  const upper = all
    .filter(({ hit, done }) => hit && done <= write.due + bounds.deadline)
    .reduce((earliest, { done }) => Math.min(earliest, done), Infinity)
  if (upper === Infinity && write.outcome !== OK && !bounds.wasFound(ladder)) return OPEN
  const misses = ladder.exact.filter(
    (answer) => !answer.hit && answer.sent < upper && isEvidence(answer, ladder),
  )
  return { lower: since(ladder, lastIssue(misses)), upper: upper - write.due }
}

export interface ProvenRemoval extends Proven {
  /** A probe sent before the delete was due returned the row. */
  readonly wasFindable: boolean
  /** A probe issued at or after the delete's due instant returned the row. */
  readonly wasReturned: boolean
}

/**
 * [L, U] of delete-to-invisible (definitions §2): L from the last probe that returned the row, U from the first absence
 * after it. L alone is proven, unless the engine answers exactly. A delete of unknown outcome may never have happened:
 * [0, +Infinity). Where a runbook stores a row under the tag again, what was not answered by then may speak of that row.
 */
export const provenRemoval = (ladder: Ladder): ProvenRemoval => {
  const { due, outcome } = ladder.write
  const after = ladder.answers.filter(({ sent, done }) => sent >= due && done < ladder.next)
  const wasFindable = ladder.answers.some(({ sent, hit }) => sent < due && hit)
  const returned = lastIssue(after.filter(({ hit }) => hit))
  const wasReturned = returned !== -Infinity
  if (outcome !== OK) return { ...OPEN, wasFindable, wasReturned }
  const absence = after.find(({ hit, sent }) => !hit && sent > returned)
  return {
    lower: since(ladder, returned),
    upper: (absence?.done ?? Infinity) - due,
    wasFindable,
    wasReturned,
  }
}

/** Does an answer speak of this write, and not of what came after it in its place? */
const isEvidence = ({ sent, done, hit }: Answer, { write, next }: Ladder): boolean =>
  sent >= write.due && sent < next && (hit || done < next)

const lastIssue = (answers: readonly Answer[]): Micros => answers.at(-1)?.sent ?? -Infinity

/** An instant as a duration since the write was due; 0 for none. */
const since = ({ write }: Ladder, instant: Micros): Micros => Math.max(0, instant - write.due)
