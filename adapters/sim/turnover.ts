import type { Micros } from '../../harness/model/index.ts'

/** When a collection's turnover began to be counted, and how many rows it had then. */
export interface Zero {
  readonly at: Micros
  readonly rows: number
}

/**
 * Turnover (definitions §3): rows inserted, updated and deleted with an acknowledgement since clock zero, divided by the
 * rows at clock zero. Clock zero of a collection is its first write after the last bulk load or `compact`.
 */
export interface Turnover {
  /** Before a write is carried out; returns the zero that it sets, if it sets one. */
  begin(at: Micros, rows: number): Zero | null
  acknowledge(rows: number): void
  /** 0 while there is no zero, or there were no rows at it. */
  value(): number
  reset(): void
}

export const createTurnover = (): Turnover => {
  let zero: Zero | null = null
  let changed = 0
  return {
    begin: (at, rows) => {
      if (zero) return null
      zero = { at, rows }
      return zero
    },
    acknowledge: (rows) => {
      changed += rows
    },
    value: () => (zero && zero.rows > 0 ? changed / zero.rows : 0),
    reset: () => {
      zero = null
      changed = 0
    },
  }
}

const SECOND = 1_000_000

/** How many rows were written in the second up to now. */
export interface Recent {
  add(at: Micros): void
  count(now: Micros): number
}

export const createRecent = (): Recent => {
  let instants: Micros[] = []
  let first = 0
  return {
    add: (at) => {
      instants.push(at)
    },
    count: (now) => {
      while (first < instants.length && instants[first]! <= now - SECOND) first += 1
      if (first > 1024 && 2 * first > instants.length) {
        instants = instants.slice(first)
        first = 0
      }
      return instants.length - first
    },
  }
}
