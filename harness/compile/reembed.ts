import { type Id, type Micros, type Reembed, SECOND, stream } from '../model/index.ts'
import { permutation } from './chance.ts'
import type { RowState } from './rows.ts'

/** The rows that are still to be re-embedded, and when the next one is due. Workload time. */
export interface Backfill {
  /** Infinity when all is done. */
  readonly next: Micros
  /** Rows written so far. */
  readonly written: number
  /** When each of the rows that still need a write has rested. */
  left(): readonly Micros[]
  /** The row to write at `next`, or null if none has rested yet: `next` then moves to where one has. */
  take(): Id | null
}

/**
 * The list is drawn up when the first row is taken. Rows come in the order asked for, evenly at `rate`. A row that has
 * not rested waits in a queue and is taken as soon as it has; one that is gone, or that another write brought over, is
 * passed by.
 *
 * @param done whether a row needs no write any more
 */
export const backfillOf = (
  { order, rate }: Reembed,
  start: Micros,
  rows: RowState,
  seed: number,
  done: (id: Id) => boolean,
): Backfill => {
  let queue: readonly Id[] | null = null
  let head = 0
  let waiting: Id[] = []
  let next = start
  let written = 0
  const needless = (id: Id): boolean => !rows.live(id) || done(id)
  const rested = (id: Id): boolean => rows.restedFrom(id) <= next
  const give = (id: Id): Id => {
    written++
    next += SECOND / rate
    return id
  }
  const list = (): readonly Id[] => {
    const live: Id[] = []
    for (let id = 0; id < rows.inserted; id++) if (!needless(id)) live.push(id)
    if (order === 'newest') live.reverse()
    if (order !== 'random') return live
    return Array.from(permutation(live.length, stream(seed, 'reembed')), (i) => live[i]!)
  }
  /** From those that wait, the first that has rested. */
  const fromWaiting = (): Id | null => {
    const id = waiting[0]
    if (id === undefined || !rested(id)) return null
    waiting.shift()
    return id
  }
  return {
    get next() {
      return next
    },
    get written() {
      return written
    },
    left: () => {
      queue ??= list()
      return [...waiting, ...queue.slice(head)].filter((id) => !needless(id)).map(rows.restedFrom)
    },
    take: () => {
      queue ??= list()
      for (;;) {
        const id = fromWaiting() ?? queue[head++]
        if (id === undefined) break
        if (needless(id)) continue
        if (rested(id)) return give(id)
        waiting.push(id)
      }
      waiting = waiting.filter((id) => !needless(id))
      waiting.sort((a, b) => rows.restedFrom(a) - rows.restedFrom(b))
      next = waiting.length > 0 ? rows.restedFrom(waiting[0]!) : Number.POSITIVE_INFINITY
      return null
    },
  }
}
