import { type HitVersions, type Id, type Micros, NO_VERSION, type Version } from '../model/index.ts'
import type { View } from './view.ts'

/** What one search was asked, when, and what it answered: cut to the first k, then each (id, version) once (definitions §3). */
export interface Answered {
  readonly from: Micros
  readonly to: Micros
  readonly k: number
  readonly ids: readonly Id[]
  /** NO_VERSION where the engine sent none: such a hit stands for any version of its id. */
  readonly versions: readonly Version[]
}

/** Hits laid out as columns, as histories and rebuild controls hold them. */
export interface HitColumns {
  readonly hits: Uint32Array
  readonly hitIds: Uint32Array
  readonly hitVersions: HitVersions
}

/** The hits of row `i`: the first k, each (id, version) once. */
export const firstHits = (
  columns: HitColumns,
  i: number,
  k: number,
): Pick<Answered, 'ids' | 'versions'> => {
  const first = columns.hits[i]!
  const end = Math.min(columns.hits[i + 1]!, first + k)
  const ids: Id[] = []
  const versions: Version[] = []
  for (let hit = first; hit < end; hit++) {
    const id = columns.hitIds[hit]!
    const version = columns.hitVersions[hit]!
    if (holds(ids, versions, id, version)) continue
    ids.push(id)
    versions.push(version)
  }
  return { ids, versions }
}

/** The answer of an `ok` search. */
export const answerOf = (view: View, op: number): Answered => {
  const { history } = view
  const event = view.eventOf[op]!
  const k = view.trace.ops.k[op]!
  return {
    from: history.sent[event]!,
    to: history.done[event]!,
    k,
    ...firstHits(history, event, k),
  }
}

/** The same answer, matched by id alone. */
export const byId = (answer: Answered): Answered => {
  const ids = [...new Set(answer.ids)]
  return { ...answer, ids, versions: ids.map(() => NO_VERSION) }
}

const holds = (
  ids: readonly Id[],
  versions: readonly Version[],
  id: Id,
  version: Version,
): boolean => {
  for (let i = 0; i < ids.length; i++) if (ids[i] === id && versions[i] === version) return true
  return false
}
