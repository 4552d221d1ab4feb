import type { Id } from '../model/index.ts'
import { before } from './states.ts'
import { DELETED, type View } from './view.ts'

export type WriteKind = 'insert' | 'update' | 'delete'

/** An insert is the first write of an id in a collection that did not hold it before the run; every other upsert is an update. */
export const upsertKind = (view: View, space: number, id: Id, op: number): 'insert' | 'update' => {
  const isFirst = view.writesOf(space, id).every((write) => write.op >= op)
  return isFirst && before(view, space, id) === DELETED ? 'insert' : 'update'
}
