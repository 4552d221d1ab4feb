/** The set v of Algorithm 2: a slot is in it if its mark is the current epoch, so that emptying it is one addition. */
export interface Visited {
  marks: Uint16Array
  epoch: number
}

export const createVisited = (): Visited => ({ marks: new Uint16Array(256), epoch: 0 })

/** Empties the set and makes room for `slots` slots. */
export const emptyVisited = (visited: Visited, slots: number): void => {
  if (visited.marks.length < slots) {
    visited.marks = new Uint16Array(Math.max(slots, 2 * visited.marks.length))
    visited.epoch = 0
  } else if (visited.epoch === 0xffff) {
    visited.marks.fill(0)
    visited.epoch = 0
  }
  visited.epoch++
}
