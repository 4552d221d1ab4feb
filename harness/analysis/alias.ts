import { ACTIONS, CONTROL, type Micros, OK, UNKNOWN } from '../model/index.ts'
import type { View } from './view.ts'

/** Where searches go while collections are swapped (blue-green). */
export interface Alias {
  /** The collections that were right to answer a search: where it went and, if it followed the alias during a swap, the others too. */
  asked(search: number): readonly number[]
  /** The collection that searches see at an instant: the first, until a swap is acknowledged. */
  servingAt(instant: Micros): number
}

const SWAP = ACTIONS.indexOf('swap') + 1

/**
 * Reads the swaps of a run. One that may have happened, but was never answered, leaves the alias in doubt for ever: from its due instant on
 * where a killed run does not tell when it was sent.
 */
export const aliasOf = (view: View): Alias => {
  const { ops, meta } = view.trace
  const swaps: { sent: Micros; done: Micros }[] = []
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== CONTROL || ops.action[op] !== SWAP) continue
    const outcome = view.outcomeOf(op)
    if (outcome !== OK && outcome !== UNKNOWN) continue
    const sent = view.eventOf[op]! < 0 ? ops.at[op]! : view.sentOf(op)
    swaps.push({ sent, done: outcome === OK ? view.doneOf(op) : Infinity })
  }
  const dimensions = meta.spaces.map(({ model }) => meta.dimensions[model - 1])
  const isOneAlias = dimensions.every((each) => each === dimensions[0])
  const either = meta.spaces.map((_, space) => space)
  const alone = either.map((space) => [space])
  return {
    asked: (search) => {
      const from = view.sentOf(search)
      const to = view.doneOf(search)
      const inFlight = swaps.some(({ sent, done }) => sent <= to && done >= from)
      const followed = isOneAlias && ops.model[search] === 0
      return inFlight && followed ? either : alone[view.history.space[view.eventOf[search]!]!]!
    },
    servingAt: (instant) =>
      swaps.some(({ done }) => done <= instant) ? Math.max(0, meta.spaces.length - 1) : 0,
  }
}
