import { NO_VERSION } from '../model/index.ts'
import type { Answered } from './answer.ts'
import { DELETED } from './view.ts'
import type { Windows } from './windows.ts'

/** What a hit is: a possible state, a row that was not there, or a row that was there in another version. */
export const RIGHT = 0
export const GHOST = 1
export const STALE = 2

/**
 * Judges each hit of an answer (definitions §2, last paragraph): a ghost or stale hit is a version that was no possible state at any
 * instant of the search, in any collection that may have been right to answer. Ghost: the id could not be there at all. Stale: it
 * could, but only in another version. A hit without a version stands for any version of its id, so it is never stale.
 */
export const strays = (answer: Answered, collections: readonly Windows[]): readonly number[] =>
  answer.ids.map((id, hit) => {
    const version = answer.versions[hit]!
    let verdict = GHOST
    for (const windows of collections) {
      const first = windows.start[id] ?? 0
      const end = windows.start[id + 1] ?? first
      for (let w = first; w < end; w++) {
        if (windows.from[w]! > answer.to || windows.to[w]! < answer.from) continue
        if (windows.version[w] === DELETED) continue
        if (version === NO_VERSION || windows.version[w] === version) return RIGHT
        verdict = STALE
      }
    }
    return verdict
  })
