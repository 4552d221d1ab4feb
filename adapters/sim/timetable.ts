import type { Micros } from '../../harness/model/index.ts'

/** Effects that take place at their instants, though nobody looks until `advance`. */
export interface Timetable {
  at(due: Micros, effect: () => void): void
  /** Runs what is due before this instant, then the effect. */
  run(now: Micros, effect: () => void): void
  /** Runs what is due by `now`, in order of time, then of entry. */
  advance(now: Micros): void
  size(): number
}

export const createTimetable = (): Timetable => {
  /** Latest first: what is next stands at the end. */
  const pending: { readonly due: Micros; readonly effect: () => void }[] = []
  const advance = (now: Micros) => {
    while (pending.length > 0 && pending.at(-1)!.due <= now) pending.pop()!.effect()
  }
  return {
    at: (due, effect) => {
      let low = 0
      for (let high = pending.length; low < high; ) {
        const middle = (low + high) >>> 1
        if (pending[middle]!.due > due) low = middle + 1
        else high = middle
      }
      pending.splice(low, 0, { due, effect })
    },
    run: (now, effect) => {
      advance(now)
      effect()
    },
    advance,
    size: () => pending.length,
  }
}
