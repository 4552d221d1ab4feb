import { type Counts, FAIL, KINDS, OK, SKIPPED, UNKNOWN, VIA_INDEX } from '../model/index.ts'
import type { View } from './view.ts'

/** So many single events are named; a history of another trace would name millions. */
const MOST_FAULTS = 10

export interface Offered {
  readonly counts: { readonly [kind: string]: Counts }
  /** Why they do not add up, a sentence each; empty if they do. */
  readonly faults: readonly string[]
}

/**
 * Ops of every phase by kind and outcome (definitions §1: offered = ok + fail + unknown + skipped, exactly). Offered is counted from the
 * trace, the outcomes from the events: two events for one op, or none in a history that was ended properly, show. In a killed or
 * interrupted run an op without an event counts as unknown if it was due by the last flush, and else was not offered.
 */
export const offeredOf = (view: View): Offered => {
  const { ops } = view.trace
  const { history } = view
  const isWhole = history.closed && !history.interrupted
  const offered = new Float64Array(KINDS.length)
  const unanswered = new Float64Array(KINDS.length)
  for (let op = 0; op < ops.count; op++) {
    const hasEvent = view.eventOf[op]! >= 0
    if (!hasEvent && !isWhole && ops.at[op]! > view.horizon) continue
    offered[ops.kind[op]!]!++
    if (!hasEvent && !isWhole) unanswered[ops.kind[op]!]!++
  }
  const outcomes = KINDS.map(() => new Float64Array(4))
  const faults: string[] = []
  let more = 0
  const fault = (text: string): void => {
    if (faults.length < MOST_FAULTS) faults.push(text)
    else more++
  }
  for (let event = 0; event < history.count; event++) {
    if (history.via[event] !== VIA_INDEX) continue
    const op = history.op[event]!
    if (op < ops.count && view.eventOf[op] !== event) fault(`op ${op} has more than one event`)
    if (op < ops.count) outcomes[ops.kind[op]!]![history.outcome[event]!]!++
    else fault(`the history has an event of op ${op}, the trace ends before it`)
  }
  if (more > 0)
    faults.push(`${more} more events belong to no operation, or to one that has another`)
  const counts: { [kind: string]: Counts } = {}
  for (const [kind, name] of KINDS.entries()) {
    if (!ops.kind.includes(kind)) continue
    const of = outcomes[kind]!
    const unknown = of[UNKNOWN]! + unanswered[kind]!
    counts[name] = {
      offered: offered[kind]!,
      ok: of[OK]!,
      fail: of[FAIL]!,
      unknown,
      skipped: of[SKIPPED]!,
    }
    const sum = of[OK]! + of[FAIL]! + unknown + of[SKIPPED]!
    if (sum !== offered[kind])
      faults.push(`${name}: ${offered[kind]} offered, ${sum} accounted for`)
  }
  return { counts, faults }
}
