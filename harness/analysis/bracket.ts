import type { Micros } from '../model/index.ts'
import type { Answered } from './answer.ts'
import { type Candidates, collectorOf } from './candidates.ts'
import { choose, count, emptyLiveSet, type LiveSet } from './live-set.ts'
import type { Ranking, Rankings } from './oracle.ts'
import type { Windows } from './windows.ts'

/** Recall of one search (definitions §3). */
export interface RecallBracket {
  readonly low: number
  readonly high: number
  /** Instants at which `low` and `high` are reached. */
  readonly lowAt: Micros
  readonly highAt: Micros
  /** Fewer rows than min(k, ids surely live). */
  readonly short: boolean
}

export interface Bracketer {
  readonly windows: Windows
  readonly candidates: Candidates
  /** The bracket of an answer to the query at `place` of the rankings, which it deepens where it must. */
  bracket(answer: Answered, rankings: Rankings, place: number): RecallBracket
  /** After `bracket` of the same answer: the live set of lowest, and of highest recall. Valid until the next call. */
  lowest(answer: Answered, ranking: Ranking, at: Micros): LiveSet
  highest(answer: Answered, ranking: Ranking, at: Micros): LiveSet
}

/**
 * Lowest and highest recall over all live sets that were possible at some instant of the search. The windows are closed, so at an
 * endpoint everything is possible that is so right before or after it: the endpoints inside, or any instant where there are none,
 * cover the whole search.
 */
export const bracketerOf = (windows: Windows): Bracketer => {
  const { candidates, collect } = collectorOf(windows)
  const live = emptyLiveSet(windows.count)
  const recallAt = (answer: Answered, ranking: Ranking, at: Micros, high: boolean): number => {
    choose(windows, candidates, at, high, live)
    count(candidates, answer.k, ranking.scale, live)
    return live.n === 0 ? 1 : live.hits / live.n
  }

  const bracket: Bracketer['bracket'] = (answer, rankings, place) => {
    let ranking = rankings.at(place)
    while (!collect(answer, ranking)) ranking = rankings.deepen(place)
    const short = answer.ids.length < Math.min(answer.k, candidates.surelyLive)
    let low = Infinity
    let high = -Infinity
    let lowAt = answer.from
    let highAt = answer.from
    for (const at of instantsOf(windows, candidates, answer)) {
      const least = recallAt(answer, ranking, at, false)
      if (least < low) {
        low = least
        lowAt = at
      }
      const best = candidates.undecided ? recallAt(answer, ranking, at, true) : low
      if (best <= high) continue
      high = best
      highAt = at
    }
    return { low, high, lowAt, highAt, short }
  }
  const liveAt =
    (high: boolean): Bracketer['highest'] =>
    (answer, ranking, at) => {
      recallAt(answer, ranking, at, high)
      return live
    }
  return { windows, candidates, bracket, lowest: liveAt(false), highest: liveAt(true) }
}

/** The endpoints, inside the search, of the windows of every undecided id; its first instant if there are none. */
const instantsOf = (
  { id, from, to, start }: Windows,
  candidates: Candidates,
  answer: Answered,
): readonly Micros[] => {
  if (!candidates.undecided) return [answer.from]
  const instants = new Set<Micros>()
  const note = (instant: Micros): void => {
    if (instant >= answer.from && instant <= answer.to) instants.add(instant)
  }
  for (let i = 0; i < candidates.count; i++) {
    if (candidates.steady[i]) continue
    const row = id[candidates.window[i]!]!
    for (let w = start[row]!; w < start[row + 1]!; w++) {
      note(from[w]!)
      note(to[w]!)
    }
  }
  return instants.size > 0 ? [...instants].sort((a, b) => a - b) : [answer.from]
}
