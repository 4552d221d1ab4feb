import type { Version } from '../model/index.ts'
import { before, type State, statesOf } from './states.ts'
import type { View } from './view.ts'

/**
 * Every state that the ids of one collection can be in, as columns: window w says that id[w] can hold version[w] at
 * every instant of [from[w], to[w]]. The windows of id i are start[i] … start[i + 1] − 1. An id that is never there
 * has none.
 */
export interface Windows {
  readonly space: number
  readonly count: number
  /** dataset.rows + 1 entries. */
  readonly start: Uint32Array
  readonly id: Uint32Array
  /** DELETED where the id can be absent. */
  readonly version: Int32Array
  readonly from: Float64Array
  readonly to: Float64Array
  /** The op that wrote it; −1 = it was so before the run. */
  readonly op: Int32Array
}

/** The windows of a collection; `as` maps versions that shall count as the same. Linear in rows and writes. */
export const windowsOf = (
  view: View,
  space: number,
  as: (version: Version) => Version = same,
): Windows => {
  const { rows } = view.run.dataset
  let capacity = space === 0 ? view.preload : 0
  for (const id of view.writtenIds(space)) capacity += 1 + view.writesOf(space, id).length
  const start = new Uint32Array(rows + 1)
  const id = new Uint32Array(capacity)
  const version = new Int32Array(capacity)
  const from = new Float64Array(capacity)
  const to = new Float64Array(capacity)
  const op = new Int32Array(capacity)
  let count = 0
  const add = (row: number, state: State): void => {
    const label = as(state.version)
    for (let w = start[row]!; w < count; w++) {
      if (version[w] !== label || state.from > to[w]! || state.to < from[w]!) continue
      from[w] = Math.min(from[w]!, state.from)
      to[w] = Math.max(to[w]!, state.to)
      return
    }
    id[count] = row
    version[count] = label
    from[count] = state.from
    to[count] = state.to
    op[count++] = state.write?.op ?? -1
  }
  for (let row = 0; row < rows; row++) {
    start[row] = count
    if (view.writesOf(space, row).length > 0) {
      for (const state of statesOf(view, space, row)) add(row, state)
    } else if (space === 0 && row < view.preload) {
      const version = before(view, space, row)
      add(row, { version, from: -Infinity, to: Infinity, write: null })
    }
  }
  start[rows] = count
  return { space, count, start, id, version, from, to, op }
}

const same = (version: Version): Version => version
