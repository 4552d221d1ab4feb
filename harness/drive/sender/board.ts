import { ACTIONS, NONE, type OpColumns, SEARCH } from '../../model/index.ts'

const IN_FLIGHT = 0
const FOLLOWED = 1
const BACKFILL = 2

/** What the senders of a run must agree on, in shared memory. */
export interface Board {
  /** Requests on their way, over all senders. */
  readonly inFlight: number
  /** Takes a place among at most `cap` requests on their way; false if there is none. */
  take(cap: number): boolean
  /** Gives a place back. */
  free(): void
  /** The space that searches without a model follow. */
  readonly followed: number
  follow(space: number): void
  /** One backfill write fewer is out. */
  filled(): void
  /** Calls back once, when every backfill write is settled, wherever it was sent; at once if none is out. */
  whenFilled(then: () => void): void
}

/** Memory for a board; `ops` tell how many writes a swap waits for. */
export const boardMemory = (ops: OpColumns): SharedArrayBuffer => {
  const memory = new SharedArrayBuffer(12)
  new Int32Array(memory)[BACKFILL] = countBackfill(ops)
  return memory
}

export const createBoard = (memory: SharedArrayBuffer): Board => {
  const cells = new Int32Array(memory)
  const whenFilled = (then: () => void): void => {
    const left = Atomics.load(cells, BACKFILL)
    if (left === 0) {
      then()
      return
    }
    const { async, value } = Atomics.waitAsync(cells, BACKFILL, left)
    if (async) void value.then(() => whenFilled(then))
    else whenFilled(then)
  }
  return {
    get inFlight() {
      return Atomics.load(cells, IN_FLIGHT)
    },
    take: (cap) => {
      for (;;) {
        const taken = Atomics.load(cells, IN_FLIGHT)
        if (taken >= cap) return false
        if (Atomics.compareExchange(cells, IN_FLIGHT, taken, taken + 1) === taken) return true
      }
    },
    free: () => {
      Atomics.sub(cells, IN_FLIGHT, 1)
    },
    get followed() {
      return Atomics.load(cells, FOLLOWED)
    },
    follow: (space) => {
      Atomics.store(cells, FOLLOWED, space)
    },
    filled: () => {
      if (Atomics.sub(cells, BACKFILL, 1) === 1) Atomics.notify(cells, BACKFILL)
    },
    whenFilled,
  }
}

const SWAP = ACTIONS.indexOf('swap') + 1

/** The op of the swap; the number of ops if there is none. */
export const findSwap = (ops: OpColumns): number => {
  const op = ops.action.indexOf(SWAP)
  return op === NONE ? ops.count : op
}

const CREATE = ACTIONS.indexOf('create') + 1

/** Per space the op that creates it; the number of ops if none does. */
export const findCreates = (ops: OpColumns, spaces: number): readonly number[] =>
  Array.from({ length: spaces }, (_, space) => {
    const op = ops.action.findIndex((action, op) => action === CREATE && ops.space[op] === space)
    return op === NONE ? ops.count : op
  })

/** Writes into space 1 that are due before the swap. */
const countBackfill = (ops: OpColumns): number => {
  const swap = findSwap(ops)
  let count = 0
  for (let op = 0; op < swap && swap < ops.count; op++) {
    if (ops.space[op] === 1 && ops.kind[op]! < SEARCH) count++
  }
  return count
}
