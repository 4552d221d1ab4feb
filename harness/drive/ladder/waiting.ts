import { NONE } from '../../model/index.ts'

/** The rungs that wait for a token, at most one a ladder. */
export interface Waiting {
  readonly count: number
  /** The op that a ladder waits with, or NONE. */
  opOf(ladder: number): number
  enter(ladder: number, op: number): void
  leave(ladder: number): void
  /** Shows every ladder that waits; the one shown may leave. */
  review(look: (ladder: number) => void): void
  /** The ladder of the largest need, the first of equals; NONE if nothing waits. */
  neediest(need: (ladder: number) => number): number
}

export const createWaiting = (ladders: number): Waiting => {
  const ops = new Int32Array(ladders).fill(NONE)
  const queue: number[] = []
  return {
    get count() {
      return queue.length
    },
    opOf: (ladder) => ops[ladder]!,
    enter: (ladder, op) => {
      ops[ladder] = op
      queue.push(ladder)
    },
    leave: (ladder) => {
      ops[ladder] = NONE
      const last = queue.pop()!
      if (last !== ladder) queue[queue.indexOf(ladder)] = last
    },
    review: (look) => {
      for (let i = queue.length - 1; i >= 0; i--) look(queue[i]!)
    },
    neediest: (need) => {
      let best = NONE
      let largest = Number.NEGATIVE_INFINITY
      for (const ladder of queue) {
        const its = need(ladder)
        if (its > largest) {
          largest = its
          best = ladder
        }
      }
      return best
    },
  }
}
