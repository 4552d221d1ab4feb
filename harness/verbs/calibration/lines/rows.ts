import { type Figure, OK, PROBE, SEARCH } from '../../../model/index.ts'
import type { Evidence, Probed } from '../evidence.ts'
import type { Line } from '../line.ts'
import type { Searched } from '../truth.ts'
import { countLine, rangeLine } from './counts.ts'

/** Acknowledged to the instrument, and not written again: what such a row is found to be after the run is this insert's doing. */
export const isLast = ({ ladder: { write, next } }: Probed<unknown>): boolean =>
  write.outcome === OK && next === Infinity

/** Probed inserts that the sim acknowledged and threw away: found by looking each row up after the run. */
export const lostLine = ({ findings, inserts }: Evidence): Line => {
  const last = inserts.filter(isLast)
  return countLine('inserts acknowledged and lost', {
    measured: findings.ingestToSearchable?.lost,
    truth: last.filter(({ truth }) => truth?.lost).length,
    of: last.length,
  })
}

/**
 * Probed deletes whose row went on being returned to the last probe. A probe without an answer leaves that open, and so may a row
 * that came back before a probe had missed it: such a delete is found by searches alone.
 */
export const ghostLine = ({ deletes }: Evidence): Line => {
  const scored = deletes.filter(
    ({ ladder: { write, lastUnanswered }, proof, truth }) =>
      write.outcome === OK && proof.wasFindable && lastUnanswered === -Infinity && !truth?.returned,
  )
  return countLine('deletes that never took effect', {
    measured: scored.filter(({ proof }) => proof.upper === Infinity).length,
    truth: scored.filter(({ truth }) => truth?.invisible === null).length,
    of: scored.length,
  })
}

/** Searches that returned a row which was deleted, or a version that was replaced, by what the sim says of each answer. */
export const strayLines = (evidence: Evidence): readonly Line[] => [
  strayLine(evidence, 'a deleted row', evidence.findings.ghosts, ['ghost', 'returned']),
  strayLine(evidence, 'a replaced version', evidence.findings.stale, ['stale', 'outdated']),
]

const strayLine = (
  evidence: Evidence,
  what: string,
  measured: Figure,
  causes: readonly string[],
): Line => {
  const writes = Map.groupBy(
    evidence.truth.writes.filter(({ happened }) => happened),
    ({ id }) => id,
  )
  /** Since when the row was not right any more, at the instant of the search; the longest of them. */
  const wrongFor = ({ extra, received }: Searched): number =>
    extra
      .filter(({ why }) => causes.includes(why))
      .map(({ id }) => writes.get(id)!.findLast((write) => write.received <= received)!)
      .reduce((longest, write) => Math.max(longest, received - write.received), -Infinity)
  const wrong = answersOf(evidence).map(wrongFor)
  const slowest = longestFlight(evidence.view)
  return rangeLine(`searches that returned ${what}`, measured, {
    sure: wrong.filter((time) => time > slowest).length,
    possible: wrong.filter((time) => time >= 0).length,
  })
}

/** Misses issued after the row had been returned: the sim says of each probe whether the row was hidden then. */
export const flickerLine = (evidence: Evidence): Line => {
  const { findings, view, searched, inserts } = evidence
  const { ops } = view.trace
  const firstHit = new Map(
    inserts.map(({ ladder: { write }, proof }) => [write.op, write.due + proof.upper]),
  )
  const hidden = Array.from({ length: ops.count }, (_, op) => op).filter((op) => {
    if (ops.kind[op] !== PROBE || !(view.sentOf(op) > (firstHit.get(ops.of[op]!) ?? Infinity)))
      return false
    const id = ops.ids[ops.rows[op]!]!
    return searched(op)?.left.some((row) => row.id === id && row.why === 'flicker') ?? false
  })
  return countLine('misses of a row that had been returned', {
    measured: findings.ingestToSearchable?.flicker,
    truth: hidden.length,
    of: findings.ingestToSearchable?.probes.sent ?? 0,
  })
}

/** Every `ok` search of the trace, as the sim logged it. */
const answersOf = ({ view, searched }: Evidence): readonly Searched[] => {
  const { ops } = view.trace
  return Array.from({ length: ops.count }, (_, op) => op)
    .filter((op) => ops.kind[op] === SEARCH)
    .flatMap((op) => searched(op) ?? [])
}

/** The longest time from `sent` to `done` of any request, in microseconds. */
const longestFlight = ({ history }: Evidence['view']): number =>
  history.done.reduce((longest, done, i) => {
    const took = done - history.sent[i]!
    return took > longest ? took : longest
  }, 0)
