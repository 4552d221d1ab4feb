import type { Micros } from '../model/index.ts'
import type { Answered } from './answer.ts'
import { type Candidates, collectorOf } from './candidates.ts'
import { type Ranking, type Rankings, tolerance } from './oracle.ts'
import type { Windows } from './windows.ts'

/** One possible live set, as far as it matters, held against the answer. */
export interface LiveSet {
  /** Rows in it, those beyond the candidates left out. */
  count: number
  /** Place of each among the candidates, nearest first. */
  readonly place: Uint32Array
  /** min(k, rows). */
  n: number
  hits: number
  /** Distance of the n-th true neighbour; NaN if n is 0. */
  last: number
  /** ε. */
  width: number
}

/** Recall of one search (definitions §3). */
export interface RecallBracket {
  readonly low: number
  readonly high: number
  /** An instant at which `high` is reached. */
  readonly highAt: Micros
  /** Fewer rows than min(k, ids surely live). */
  readonly short: boolean
}

export interface Bracketer {
  readonly windows: Windows
  readonly candidates: Candidates
  /** The bracket of an answer to the query at `place` of the rankings, which it deepens where it must. */
  bracket(answer: Answered, rankings: Rankings, place: number): RecallBracket
  /** After `bracket` of the same answer: the live set of highest recall. Valid until the next call. */
  highest(answer: Answered, ranking: Ranking, at: Micros): LiveSet
}

/**
 * Lowest and highest recall over all live sets that were possible at some instant of the search. The windows are closed, so at an
 * endpoint everything is possible that is so right before or after it: the endpoints inside, or any instant where there are none,
 * cover the whole search.
 */
export const bracketerOf = (windows: Windows): Bracketer => {
  const { candidates, collect } = collectorOf(windows)
  const live: LiveSet = {
    count: 0,
    place: new Uint32Array(windows.count),
    n: 0,
    hits: 0,
    last: Number.NaN,
    width: 0,
  }
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
    let highAt = answer.from
    for (const at of instantsOf(windows, candidates, answer)) {
      low = Math.min(low, recallAt(answer, ranking, at, false))
      const best = candidates.undecided ? recallAt(answer, ranking, at, true) : low
      if (best <= high) continue
      high = best
      highAt = at
    }
    return { low, high, highAt, short }
  }
  const highest: Bracketer['highest'] = (answer, ranking, at) => {
    recallAt(answer, ranking, at, true)
    return live
  }
  return { windows, candidates, bracket, highest }
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

/** Gives each id the state that makes recall lowest, or highest, at one instant; ids are independent of each other. */
const choose = (
  windows: Windows,
  candidates: Candidates,
  at: Micros,
  high: boolean,
  live: LiveSet,
): void => {
  live.count = 0
  for (let i = 0; i < candidates.count; i++) {
    if (!candidates.steady[i]) {
      const window = candidates.window[i]!
      if (windows.from[window]! > at || windows.to[window]! < at) continue
      if (preferred(windows, candidates, window, at, high) !== i) continue
    }
    live.place[live.count++] = i
  }
}

/**
 * Which candidate stands for the id of `window`; −1 = none, it is absent or too far to matter. Lowest: the first there is of nearest
 * unreturned … farthest unreturned, none, farthest returned … nearest returned. Highest: the reverse.
 */
const preferred = (
  { id, from, to, start }: Windows,
  { place, returned }: Candidates,
  window: number,
  at: Micros,
  high: boolean,
): number => {
  const row = id[window]!
  let nearestWanted = -1
  let farthestOther = -1
  let none = false
  for (let w = start[row]!; w < start[row + 1]!; w++) {
    if (from[w]! > at || to[w]! < at) continue
    const i = place[w]!
    if (i < 0) none = true
    else if ((returned[i] === 1) === high) {
      if (nearestWanted < 0 || i < nearestWanted) nearestWanted = i
    } else if (i > farthestOther) farthestOther = i
  }
  return nearestWanted >= 0 ? nearestWanted : none ? -1 : farthestOther
}

/** hits = |R ∩ {d < d_n − ε}| + min(|R ∩ {|d − d_n| ≤ ε}|, n − |{d < d_n − ε}|): ties at the n-th distance are never punished. */
const count = (
  { distance, returned }: Candidates,
  k: number,
  scale: number,
  live: LiveSet,
): void => {
  const n = Math.min(k, live.count)
  const last = n === 0 ? Number.NaN : distance[live.place[n - 1]!]!
  const width = tolerance(last, scale)
  let nearer = 0
  let found = 0
  let tied = 0
  for (let i = 0; i < live.count; i++) {
    const place = live.place[i]!
    const d = distance[place]!
    if (d > last + width) break
    if (d < last - width) {
      nearer++
      found += returned[place]!
    } else tied += returned[place]!
  }
  live.n = n
  live.last = last
  live.width = width
  live.hits = found + Math.min(tied, n - nearer)
}
