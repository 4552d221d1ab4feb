import type { Micros } from '../../harness/model/index.ts'
import type { Reply } from './handling.ts'
import type { SimOptions } from './options.ts'

/** Where requests wait out a stall and replies wait until they are due. */
export interface Desk {
  /** `handle` runs at once, or after the stall, in the order of arrival; `send` runs when its reply is due and nothing stalls. */
  serve(handle: () => Reply, send: (reply: Reply) => void): void
}

/** The end of the stall that `at` lies in, or `at` itself. Stalls begin at the multiples of `every` since `start`, the first excepted. */
export const stalledUntil = (stall: SimOptions['stall'], start: Micros, at: Micros): Micros => {
  if (!stall) return at
  const every = 1000 * stall.every
  const round = Math.floor((at - start) / every)
  return round < 1 ? at : Math.max(at, start + round * every + 1000 * stall.for)
}

/** `later` calls back after so many milliseconds, or a little sooner or later. */
export const createDesk = (
  stall: SimOptions['stall'],
  now: () => Micros,
  later: (act: () => void, milliseconds: number) => void,
): Desk => {
  const start = now()
  const queue: (() => void)[] = []

  /** Runs `act` at or after `due`, outside stalls; at once if that is now. */
  const when = (due: Micros, act: () => void): void => {
    const at = now()
    const free = stalledUntil(stall, start, Math.max(due, at))
    if (free <= at) act()
    else later(() => when(due, act), Math.ceil((free - at) / 1000))
  }
  const drain = () => {
    for (const act of queue.splice(0)) act()
  }

  return {
    serve: (handle, send) => {
      const act = () => {
        const reply = handle()
        when(reply.due ?? 0, () => send(reply))
      }
      if (queue.push(act) === 1) when(0, drain)
    },
  }
}
