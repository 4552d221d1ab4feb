import type { Micros } from '../model/index.ts'
import type { Candidates } from './candidates.ts'
import { tolerance } from './oracle.ts'
import type { Windows } from './windows.ts'

/** One possible live set, as far as it matters, held against the answer. */
export interface LiveSet {
  /** Rows in it, those beyond the candidates left out. */
  count: number
  /** Place of each among the candidates, nearest first; grows with the candidates it is chosen from. */
  place: Uint32Array
  /** min(k, rows). */
  n: number
  hits: number
  /** Distance of the n-th true neighbour; NaN if n is 0. */
  last: number
  /** ε. */
  width: number
}

/** For sets of up to `most` rows. */
export const emptyLiveSet = (most: number): LiveSet => ({
  count: 0,
  place: new Uint32Array(Math.min(most, 1_024)),
  n: 0,
  hits: 0,
  last: Number.NaN,
  width: 0,
})

/** Gives each id the state that makes recall lowest, or highest, at one instant; ids are independent of each other. */
export const choose = (
  windows: Windows,
  candidates: Candidates,
  at: Micros,
  high: boolean,
  live: LiveSet,
): void => {
  live.count = 0
  if (live.place.length < candidates.count) {
    live.place = new Uint32Array(candidates.window.length)
  }
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
export const count = (
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
