import { FAIL, type Id, type Micros, OK, SEARCH, type Version } from '../model/index.ts'
import { before } from './states.ts'
import { DELETED, type View } from './view.ts'

/** The rows of a collection at an instant, by id. */
export interface LiveRows {
  readonly ids: Uint32Array
  readonly versions: Uint32Array
  /** Writes of this collection that had been sent by then and were unknown, or not yet answered. */
  readonly unanswered: number
}

/**
 * The last acknowledged state of each id at an instant: what the rebuild control loads (definitions §3, drift). Of several
 * acknowledged writes of an id the one answered last counts.
 */
export const liveRows = (view: View, space: number, at: Micros): LiveRows => {
  const ids: Id[] = []
  const versions: Version[] = []
  let unanswered = 0
  for (let id = 0; id < view.run.dataset.rows; id++) {
    let version = before(view, space, id)
    let answered = -Infinity
    for (const write of view.writesOf(space, id)) {
      if (write.sent > at || write.outcome === FAIL) continue
      if (write.done > at) unanswered++
      else if (write.outcome === OK && write.done >= answered) {
        version = write.version
        answered = write.done
      }
    }
    if (version === DELETED) continue
    ids.push(id)
    versions.push(version)
  }
  return { ids: Uint32Array.from(ids), versions: Uint32Array.from(versions), unanswered }
}

/** Which collection a checkpoint's searches asked, by which model, and from which instant on. */
export interface CheckpointSource {
  readonly space: number
  readonly model: number
  readonly at: Micros
}

/** As its first `ok` search went; null if the checkpoint has none. */
export const checkpointSource = (view: View, checkpoint: number): CheckpointSource | null => {
  const { ops, meta } = view.trace
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== SEARCH || ops.checkpoint[op] !== checkpoint) continue
    if (view.outcomeOf(op) !== OK) continue
    const event = view.eventOf[op]!
    const { space, model } = view.history
    return {
      space: space[event]!,
      model: model[event]!,
      at: meta.checkpoints[checkpoint]!.searches,
    }
  }
  return null
}
