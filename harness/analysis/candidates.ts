import { NO_VERSION } from '../model/index.ts'
import type { Answered } from './answer.ts'
import { type Ranking, tolerance } from './oracle.ts'
import { DELETED } from './view.ts'
import type { Windows } from './windows.ts'

/**
 * The part of a ranking that can matter to one search: the windows possible at some instant of it, nearest first, down to where
 * k ids are surely there, whatever became of the writes in flight. Reused from search to search; its columns are as long as the
 * longest of them needed, and replaced when one needs more. Memory: 14 bytes a candidate, 4 a window for `place`.
 */
export interface Candidates {
  count: number
  window: Uint32Array
  distance: Float64Array
  /** 1 if the answer holds this row-version. */
  returned: Uint8Array
  /** 1 if this is the only possible state of its id, from the first instant of the search to the last. */
  steady: Uint8Array
  /** Window → its place here, −1 if it is not here. */
  readonly place: Int32Array
  /** Some id has more than one possible state. */
  undecided: boolean
  /** Ids that are there in every possible state: exact below k, else at least k. */
  surelyLive: number
}

/** Candidates that there is room for at first. */
const ROOM = 1_024

/** A collector for one collection: `collect` fills the candidates, or answers false where the ranking is not deep enough. */
export const collectorOf = (
  windows: Windows,
): {
  readonly candidates: Candidates
  collect(answer: Answered, ranking: Ranking): boolean
} => {
  const { id, version, from, to, start } = windows
  const candidates: Candidates = {
    count: 0,
    window: new Uint32Array(ROOM),
    distance: new Float64Array(ROOM),
    returned: new Uint8Array(ROOM),
    steady: new Uint8Array(ROOM),
    place: new Int32Array(windows.count).fill(-1),
    undecided: false,
    surelyLive: 0,
  }
  const answered = new Uint32Array(Math.max(start.length, 1))
  let stamp = 0

  const clear = (): void => {
    for (let i = 0; i < candidates.count; i++) candidates.place[candidates.window[i]!] = -1
    candidates.count = 0
    candidates.undecided = false
    candidates.surelyLive = 0
  }
  const isReturned = (window: number, answer: Answered): boolean => {
    const row = id[window]!
    if (answered[row] !== stamp) return false
    for (let i = 0; i < answer.ids.length; i++) {
      const held = answer.versions[i]!
      if (answer.ids[i] === row && (held === version[window] || held === NO_VERSION)) return true
    }
    return false
  }
  const isSteady = (window: number, answer: Answered): boolean => {
    if (from[window]! > answer.from || to[window]! < answer.to) return false
    const row = id[window]!
    for (let other = start[row]!; other < start[row + 1]!; other++) {
      if (other !== window && from[other]! <= answer.to && to[other]! >= answer.from) return false
    }
    return true
  }
  const add = (window: number, distance: number, answer: Answered): boolean => {
    if (candidates.count === candidates.window.length) widen(candidates)
    const at = candidates.count++
    const steady = isSteady(window, answer)
    candidates.window[at] = window
    candidates.distance[at] = distance
    candidates.returned[at] = isReturned(window, answer) ? 1 : 0
    candidates.steady[at] = steady ? 1 : 0
    candidates.place[window] = at
    if (!steady) candidates.undecided = true
    return steady
  }

  const collect = (answer: Answered, ranking: Ranking): boolean => {
    clear()
    stamp++
    for (const row of answer.ids) if (row < answered.length) answered[row] = stamp
    let limit = Infinity
    for (let i = 0; i < ranking.window.length; i++) {
      const distance = ranking.distance[i]!
      if (distance > limit) return true
      const window = ranking.window[i]!
      if (from[window]! > answer.to || to[window]! < answer.from) continue
      if (add(window, distance, answer) && ++candidates.surelyLive === answer.k) {
        limit = distance + tolerance(distance, ranking.scale)
      }
    }
    if (!ranking.complete) return false
    if (candidates.undecided) candidates.surelyLive += alwaysThere(windows, candidates, answer)
    return true
  }
  return { candidates, collect }
}

/** Room for twice as many candidates. */
const widen = (candidates: Candidates): void => {
  const { window, distance, returned, steady } = candidates
  const room = 2 * window.length
  candidates.window = new Uint32Array(room)
  candidates.window.set(window)
  candidates.distance = new Float64Array(room)
  candidates.distance.set(distance)
  candidates.returned = new Uint8Array(room)
  candidates.returned.set(returned)
  candidates.steady = new Uint8Array(room)
  candidates.steady.set(steady)
}

/** Ids with several possible versions, but never absent, among candidates that hold all there is. */
const alwaysThere = (
  { id, version, from, to, start }: Windows,
  candidates: Candidates,
  answer: Answered,
): number => {
  const seen = new Set<number>()
  let there = 0
  for (let i = 0; i < candidates.count; i++) {
    const row = id[candidates.window[i]!]!
    if (candidates.steady[i] || seen.has(row)) continue
    seen.add(row)
    let absent = false
    for (let w = start[row]!; w < start[row + 1]!; w++) {
      if (version[w] === DELETED && from[w]! <= answer.to && to[w]! >= answer.from) absent = true
    }
    if (!absent) there++
  }
  return there
}
