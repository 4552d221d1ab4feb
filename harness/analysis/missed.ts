import type { Id } from '../model/index.ts'

/** Neighbours that searches missed for a cause of their own, as columns: rows written during the run; preloaded ones are the index's. */
export interface Missed {
  count: number
  /** Row of the table of searches. */
  search: Uint32Array
  /** The write that brought the row. */
  op: Uint32Array
  id: Uint32Array
  /** Its part of the search's neighbours: 1/n, less what `short` and `crowded out` may have displaced; 0 once taken back. */
  weight: Float64Array
}

export const emptyMissed = (): Missed => ({
  count: 0,
  search: new Uint32Array(1024),
  op: new Uint32Array(1024),
  id: new Uint32Array(1024),
  weight: new Float64Array(1024),
})

export const addMissed = (
  missed: Missed,
  search: number,
  op: number,
  id: Id,
  weight: number,
): void => {
  if (missed.count === missed.search.length) grow(missed)
  const at = missed.count++
  missed.search[at] = search
  missed.op[at] = op
  missed.id[at] = id
  missed.weight[at] = weight
}

/** Takes back what was put down for a search that another collection turns out to suit better; these are rare. */
export const takeBack = (missed: Missed, search: number): void => {
  for (let i = 0; i < missed.count; i++) if (missed.search[i] === search) missed.weight[i] = 0
}

const grow = (missed: Missed): void => {
  const wider = <T extends Uint32Array | Float64Array>(made: T, from: T): T => {
    made.set(from)
    return made
  }
  const size = 2 * missed.count
  missed.search = wider(new Uint32Array(size), missed.search)
  missed.op = wider(new Uint32Array(size), missed.op)
  missed.id = wider(new Uint32Array(size), missed.id)
  missed.weight = wider(new Float64Array(size), missed.weight)
}
