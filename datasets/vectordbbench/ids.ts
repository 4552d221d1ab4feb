import { refusePacked } from '../packed/refuse.ts'

/** The ids of a table as row numbers. */
export interface Numbering {
  /** The row of an id, or −1. */
  rowOf(id: number): number
  /** The ids are 0 … n − 1: each is its own row. */
  readonly dense: boolean
}

/** Row i is that of the i-th smallest id, wherever it stands in the file; an id that comes twice is refused. */
export const numberingOf = (path: string, ids: Float64Array): Numbering => {
  const sorted = ids.slice().sort()
  const twice = sorted.findIndex((id, i) => i > 0 && id === sorted[i - 1])
  if (twice >= 0) throw refusePacked(path, 'column id', `the id ${sorted[twice]} is there twice`)
  const dense = sorted[0] === 0 && sorted.at(-1) === sorted.length - 1
  return { dense, rowOf: (id) => find(sorted, id) }
}

const find = (sorted: Float64Array, id: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < id) low = middle + 1
    else high = middle
  }
  return sorted[low] === id ? low : -1
}
