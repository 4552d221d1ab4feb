import { FAIL, type Id, type Micros, OK, type Version } from '../model/index.ts'
import { countAtMost } from './sample.ts'
import { DELETED, type View, type Write } from './view.ts'

/** One state that an id can be in, and the closed span of instants at which it is possible. */
export interface State {
  /** A version, or DELETED for absent. */
  readonly version: Version
  readonly from: Micros
  readonly to: Micros
  /** The write that leaves it; null for the state before the run. */
  readonly write: Write | null
}

/**
 * Every state an id can ever be in, with the instants at which it is possible (definitions §3).
 * A write that did not fail is a possible last write from its `sent` until the first answer among the `ok` writes
 * that were sent after its own answer: no later write that surely came after it has surely ended before.
 * `unknown` is never answered, so nothing surely came after it: it stays possible for ever.
 */
export const statesOf = (view: View, space: number, id: Id): readonly State[] => {
  const writes = view.writesOf(space, id)
  const answered = writes.filter((write) => write.outcome === OK)
  const answeredSent = Float64Array.from(answered, ({ sent }) => sent)
  const firstAnswer = earliestFrom(answered)
  const states: State[] = [
    { version: before(view, space, id), from: -Infinity, to: firstAnswer[0]!, write: null },
  ]
  for (const write of writes) {
    if (write.outcome === FAIL || write.sent === Infinity) continue
    const to = firstAnswer[countAtMost(answeredSent, write.done)]!
    states.push({ version: write.version, from: write.sent, to, write })
  }
  return states
}

/**
 * The possible states of an id at some instant of [from, to] (definitions §3): versions, DELETED for absent, each once.
 * At one instant: from = to.
 */
export const possibleStates = (
  view: View,
  space: number,
  id: Id,
  from: Micros,
  to: Micros,
): readonly Version[] => {
  const writes = view.writesOf(space, id)
  const initial = before(view, space, id)
  if (writes.length === 0) return [initial]
  if (writes.length === 1 && writes[0]!.outcome === OK) {
    const { sent, done, version } = writes[0]!
    if (to < sent) return [initial]
    return from > done || version === initial ? [version] : [initial, version]
  }
  const possible = new Set<Version>()
  for (const state of statesOf(view, space, id)) {
    if (state.from <= to && state.to >= from) possible.add(state.version)
  }
  return [...possible]
}

/** What an id holds before the run: version 0 if it was loaded into the first collection, else absent. */
export const before = (view: View, space: number, id: Id): Version =>
  space === 0 && id < view.preload ? 0 : DELETED

/** Entry i: the earliest answer among writes i, i + 1, …; Infinity past the last. */
const earliestFrom = (writes: readonly Write[]): Float64Array => {
  const earliest = new Float64Array(writes.length + 1).fill(Infinity)
  for (let i = writes.length - 1; i >= 0; i--) {
    earliest[i] = Math.min(writes[i]!.done, earliest[i + 1]!)
  }
  return earliest
}
