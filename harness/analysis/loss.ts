import { type Id, type Micros, NO_VERSION, type Version } from '../model/index.ts'
import type { Answered } from './answer.ts'
import type { Bracketer } from './bracket.ts'
import { RIGHT } from './ghosts.ts'
import type { LiveSet } from './live-set.ts'
import type { Windows } from './windows.ts'

/** What became of the missing neighbours of one search, as shares of n; they add up to 1 − high. */
export interface SearchLoss {
  readonly short: number
  readonly crowdedOut: number
  /** Neighbours that were missed for a cause of their own: not yet visible, or the index's fault. */
  readonly own: readonly Own[]
}

export interface Own {
  readonly window: number
  readonly weight: number
}

/** Distance from the query; NaN for a row that the dataset does not have. */
export type DistanceTo = (id: Id, version: Version) => number

const NO_LOSS: SearchLoss = { short: 0, crowdedOut: 0, own: [] }

/**
 * Loss by cause of one search against its live set of highest recall (definitions §3), in this order: `short`, the places that stayed
 * empty; `crowded out`, the neighbours that lie beyond everything returned, for as many ghosts and stale rows as are nearer than the n-th
 * true neighbour; the rest each has a cause of its own. A neighbour nearer than some row of the answer was not crowded out: the engine kept
 * the farther row. Which neighbours the empty places would have held cannot be told: each is as likely as another.
 */
export const lossOf = (
  bracketer: Bracketer,
  live: LiveSet,
  answer: Answered,
  verdicts: readonly number[],
  distanceTo: DistanceTo,
): SearchLoss => {
  const missing = live.n - live.hits
  if (missing === 0) return NO_LOSS
  const short = Math.min(missing, Math.max(0, live.n - answer.ids.length))
  const missed = missedOf(live, bracketer.candidates, missing)
  const { wrong, reach } = answered(bracketer.windows, answer, verdicts, live, distanceTo)
  const isBeyond = ({ distance }: Neighbour): boolean => distance >= reach - live.width
  const beyond = missed.reduce((sum, one) => sum + (isBeyond(one) ? one.part : 0), 0)
  const crowdedOut = Math.min(missing - short, wrong, beyond)
  const kept = 1 - short / (missing - crowdedOut || 1)
  return {
    short: short / live.n,
    crowdedOut: crowdedOut / live.n,
    own: missed.map((one) => {
      const crowded = isBeyond(one) ? crowdedOut / beyond : 0
      return { window: one.window, weight: (one.part * (1 - crowded) * kept) / live.n }
    }),
  }
}

interface Neighbour {
  readonly window: number
  readonly distance: number
  /** 1, or its part where rows are tied. */
  readonly part: number
}

/**
 * The missed neighbours. Of rows tied at the n-th distance only so many are missed as the recall counts, and no one can say which: each
 * takes its part.
 */
const missedOf = (
  live: LiveSet,
  { window, distance, returned }: Bracketer['candidates'],
  missing: number,
): Neighbour[] => {
  const sure: number[] = []
  const tied: number[] = []
  for (let i = 0; i < live.count; i++) {
    const place = live.place[i]!
    if (distance[place]! > live.last + live.width) break
    if (returned[place]) continue
    const list = distance[place]! < live.last - live.width ? sure : tied
    list.push(place)
  }
  const tiedPart = (missing - sure.length) / tied.length
  const neighbour = (place: number, part: number): Neighbour => ({
    window: window[place]!,
    distance: distance[place]!,
    part,
  })
  return [
    ...sure.map((place) => neighbour(place, 1)),
    ...(tiedPart > 0 ? tied.map((place) => neighbour(place, tiedPart)) : []),
  ]
}

/**
 * Ghosts and stale rows nearer than the n-th true neighbour, and the distance of the farthest row of the answer (read only where there
 * are any; else nothing is beyond it).
 */
const answered = (
  windows: Windows,
  answer: Answered,
  verdicts: readonly number[],
  live: LiveSet,
  distanceTo: DistanceTo,
): { readonly wrong: number; readonly reach: number } => {
  if (verdicts.every((verdict) => verdict === RIGHT)) return { wrong: 0, reach: Infinity }
  const distances = answer.ids.map((id, hit) => {
    const held = answer.versions[hit]!
    return distanceTo(id, held === NO_VERSION ? lastHeld(windows, id, answer.from) : held)
  })
  const wrong = distances.filter((d, hit) => verdicts[hit] !== RIGHT && d < live.last).length
  const known = distances.filter((d) => !Number.isNaN(d))
  return { wrong, reach: known.reduce((farthest, d) => Math.max(farthest, d), -Infinity) }
}

/** The version that an id held last before an instant; NO_VERSION if it never held one. */
const lastHeld = (windows: Windows, id: Id, before: Micros): Version => {
  let version: Version = NO_VERSION
  let until = -Infinity
  for (let w = windows.start[id] ?? 0; w < (windows.start[id + 1] ?? 0); w++) {
    if (windows.version[w]! < 0 || windows.from[w]! > before || windows.to[w]! < until) continue
    version = windows.version[w]!
    until = windows.to[w]!
  }
  return version
}
