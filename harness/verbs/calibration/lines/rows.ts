import { SEARCH } from '../../../model/index.ts'
import type { Evidence } from '../evidence.ts'
import type { Line } from '../line.ts'
import type { Searched } from '../truth.ts'
import { countLine, rangeLine } from './counts.ts'

/** Probed inserts that the sim acknowledged and threw away: found by looking each row up after the run. */
export const lostLine = ({ findings, inserts }: Evidence): Line =>
  countLine('inserts acknowledged and lost', {
    measured: findings.ingestToSearchable?.lost,
    truth: inserts.filter(({ truth }) => truth?.lost).length,
    of: inserts.length,
  })

/** Probed deletes whose row went on being returned to the last probe. */
export const ghostLine = ({ deletes }: Evidence): Line => {
  const scored = deletes.filter(({ proof }) => proof.wasFindable)
  return countLine('deletes that never took effect', {
    measured: scored.filter(({ proof }) => proof.upper === Infinity).length,
    truth: scored.filter(({ truth }) => truth?.invisible === null).length,
    of: scored.length,
  })
}

/** Foreground and checkpoint searches that returned a row which the sim knows to be dead. */
export const ghostSearchesLine = (evidence: Evidence): Line => {
  const { findings, view, truth } = evidence
  const died = new Map(
    truth.writes
      .filter(({ event, happened }) => event === 'delete' && happened)
      .map((write) => [write.id, write.received]),
  )
  const deadFor = ({ returned, received }: Searched): number =>
    Math.max(-Infinity, ...returned.map((id) => received - (died.get(id) ?? Infinity)))
  const dead = answersOf(evidence).map(deadFor)
  const slowest = longestFlight(view)
  return rangeLine('searches that returned a deleted row', findings.ghosts, {
    sure: dead.filter((time) => time > slowest).length,
    possible: dead.filter((time) => time > 0).length,
  })
}

/** Every `ok` search of the trace, as the sim logged it. */
export const answersOf = ({ view, searched }: Evidence): readonly Searched[] => {
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
