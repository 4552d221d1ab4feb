import { type Id, type Micros, NO_VERSION, type Version } from '../model/index.ts'
import type { Answered } from './answer.ts'
import type { Bracketer } from './bracket.ts'
import type { FreshShares } from './fresh.ts'
import { RIGHT } from './ghosts.ts'
import type { LiveSet } from './live-set.ts'
import type { Windows } from './windows.ts'

/** What became of the missing neighbours of one search, as shares of n; they add up to 1 − high. */
export interface SearchLoss {
  readonly short: number
  readonly crowdedOut: number
  /** Two ends of one share: the upper one counts in the sum. */
  readonly freshLow: number
  readonly freshHigh: number
  readonly index: number
}

/** Distance from the query; NaN for a row that the dataset does not have. */
export type DistanceTo = (id: Id, version: Version) => number

const NO_LOSS: SearchLoss = { short: 0, crowdedOut: 0, freshLow: 0, freshHigh: 0, index: 0 }

/**
 * Loss by cause of one search against its live set of highest recall (definitions §3), in this order: `short`, `crowded out` by
 * ghosts and stale rows nearer than the n-th true neighbour, `not yet visible`, `index`. Which of the missed neighbours the first two
 * displaced cannot be told, so each of them is as likely as the others to be among the rest.
 */
export const lossOf = (
  { windows, candidates }: Bracketer,
  live: LiveSet,
  answer: Answered,
  verdicts: readonly number[],
  distanceTo: DistanceTo,
  fresh: FreshShares,
): SearchLoss => {
  const missing = live.n - live.hits
  if (missing === 0) return NO_LOSS
  const short = Math.min(missing, Math.max(0, live.n - answer.ids.length))
  const nearer = answer.ids.filter((id, hit) => {
    if (verdicts[hit] === RIGHT) return false
    const held = answer.versions[hit]!
    const version = held === NO_VERSION ? lastHeld(windows, id, answer.from) : held
    return distanceTo(id, version) < live.last
  })
  const crowdedOut = Math.min(missing - short, nearer.length)
  const rest = missing - short - crowdedOut
  const { low, high } = meanOverMissed(live, candidates, missing, (window) =>
    fresh(windows.op[window]!, windows.id[window]!, answer.from),
  )
  return {
    short: short / live.n,
    crowdedOut: crowdedOut / live.n,
    freshLow: (rest * low) / live.n,
    freshHigh: (rest * high) / live.n,
    index: (rest * (1 - high)) / live.n,
  }
}

/**
 * Mean of a share over the missed neighbours. Of rows tied at the n-th distance only so many are missed as the recall counts, and no
 * one can say which: each takes its part.
 */
const meanOverMissed = (
  live: LiveSet,
  { window, distance, returned }: Bracketer['candidates'],
  missing: number,
  shareOf: (window: number) => { readonly low: number; readonly high: number },
): { low: number; high: number } => {
  const sure: number[] = []
  const tied: number[] = []
  for (let i = 0; i < live.count; i++) {
    const place = live.place[i]!
    if (distance[place]! > live.last + live.width) break
    if (returned[place]) continue
    const list = distance[place]! < live.last - live.width ? sure : tied
    list.push(window[place]!)
  }
  const tiedPart = tied.length === 0 ? 0 : (missing - sure.length) / tied.length
  let low = 0
  let high = 0
  const add = (of: number, part: number): void => {
    const share = shareOf(of)
    low += (part * share.low) / missing
    high += (part * share.high) / missing
  }
  for (const of of sure) add(of, 1)
  for (const of of tied) add(of, tiedPart)
  return { low, high }
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
