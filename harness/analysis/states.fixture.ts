import { FAIL, type Id, type Micros, OK, type Version } from '../model/index.ts'
import { DELETED, type View, type Write } from './view.ts'

/** Definitions §3 word by word, slow and plain, to hold the fast ways against. */

/** Is w a possible last write of its id at an instant? `all`: the writes of that id. */
const isPossibleLast = (w: Write, all: readonly Write[], at: Micros): boolean =>
  w.sent <= at &&
  w.outcome !== FAIL &&
  !all.some((other) => other.outcome === OK && w.done < other.sent && other.done < at)

/** The possible states of an id at one instant. */
export const statesAt = (view: View, space: number, id: Id, at: Micros): ReadonlySet<Version> => {
  const all = view.writesOf(space, id)
  const states = all.filter((w) => isPossibleLast(w, all, at)).map(({ version }) => version)
  const untouched = !all.some((w) => w.outcome === OK && w.done < at)
  const initial = space === 0 && id < view.preload ? 0 : DELETED
  return new Set(untouched ? [initial, ...states] : states)
}

/** The ends and endpoints of the writes of some ids in [from, to], and one instant between each two. */
export const instantsIn = (
  view: View,
  space: number,
  ids: readonly Id[],
  from: Micros,
  to: Micros,
): readonly Micros[] => {
  const ends = ids
    .flatMap((id) => view.writesOf(space, id))
    .flatMap(({ sent, done }) => [sent, done])
  const inside = [from, to, ...ends.filter((t) => t >= from && t <= to)].sort((a, b) => a - b)
  return [...inside, ...inside.slice(1).map((t, i) => (t + inside[i]!) / 2)]
}
