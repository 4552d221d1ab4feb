import type { Micros } from '../../harness/model/index.ts'
import type { Reply } from './handling.ts'
import type { SimOptions } from './options.ts'

/** A request on its way through the desk. */
export interface Errand {
  /** Does it take its share of the capacity? */
  readonly counts: boolean
  /** `handled`: the instant at which its turn came. */
  handle(handled: Micros): Reply
  send(reply: Reply): void
}

/** Where requests wait out a stall and for their turn, and replies until they are due. */
export interface Desk {
  /** `handle` runs when those before it were handled, their service and its own is over and nothing stalls; `send` when its reply is due and nothing stalls. */
  serve(errand: Errand): void
  /** The first write came: what is counted from it, is. */
  begin(at: Micros): void
}

/** The end of the stall that `at` lies in, or `at` itself. Stalls begin at the multiples of `every` since `start`, the first excepted; none without a start. */
export const stalledUntil = (
  stall: SimOptions['stall'],
  start: Micros | null,
  at: Micros,
): Micros => {
  if (!stall || start === null) return at
  const every = 1000 * stall.every
  const round = Math.floor((at - start) / every)
  return round < 1 ? at : Math.max(at, start + round * every + 1000 * stall.for)
}

/** `later` calls back after so many milliseconds, or a little sooner or later. */
export const createDesk = (
  { stall, capacity }: Pick<SimOptions, 'stall' | 'capacity'>,
  now: () => Micros,
  later: (act: () => void, milliseconds: number) => void,
): Desk => {
  let start = stall?.from === 'start' ? now() : null
  const service = capacity ? 1_000_000 / capacity.perSecond : 0
  let queue: { readonly errand: Errand; readonly ready: Micros }[] = []
  let first = 0
  /** When the last of the queue will have been served. */
  let free: Micros = Number.NEGATIVE_INFINITY

  /** Runs `act` at or after `due`, outside stalls; at once if that is now. */
  const when = (due: Micros, act: () => void): void => {
    const at = now()
    const free = stalledUntil(stall, start, Math.max(due, at))
    if (free <= at) act()
    else later(() => when(due, act), Math.ceil((free - at) / 1000))
  }
  const turn = ({ handle, send }: Errand) => {
    const handled = now()
    const reply = handle(handled)
    const { due = handled, late = 0 } = reply
    when(Math.max(due, handled) + late, () => send(reply))
  }
  const drain = () => {
    for (; first < queue.length; first++) {
      const { errand, ready } = queue[first]!
      if (stalledUntil(stall, start, Math.max(ready, now())) > now()) return when(ready, drain)
      turn(errand)
    }
    queue = []
    first = 0
  }

  /** When something that comes now will have been served; what a stall interrupts begins anew after it. */
  const served = (counts: boolean): Micros => {
    const cost = counts ? service : 0
    const end = stalledUntil(stall, start, Math.max(free, now())) + cost
    const after = stalledUntil(stall, start, end)
    return after > end ? after + cost : end
  }

  return {
    serve: (errand) => {
      free = served(errand.counts)
      if (queue.push({ errand, ready: free }) - first === 1) return drain()
      if (first < 4096) return
      queue = queue.slice(first)
      first = 0
    },
    begin: (at) => {
      start ??= at
    },
  }
}
