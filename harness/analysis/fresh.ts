import type { Id, Micros } from '../model/index.ts'
import { upsertKind, type WriteKind } from './kind.ts'
import { countAtMost } from './sample.ts'
import type { View } from './view.ts'

/** What the probes know of one write: definitions §2. */
export interface ProbedWrite {
  readonly op: number
  readonly kind: WriteKind
  readonly phase: number
  /** L and U, since the write was due. */
  readonly lower: Micros
  readonly upper: Micros
}

/**
 * The share of probed writes, of the same kind and phase as the write `op` of a row, that were not yet visible at their
 * age at `instant`.
 */
export type FreshShares = (
  op: number,
  id: Id,
  instant: Micros,
) => { readonly low: number; readonly high: number }

const NEVER = { low: 0, high: 0 }

/**
 * Shares of writes with L > a and with U > a (definitions §3, loss by cause). None for a row that was preloaded (op −1); none either
 * where no write of that kind and phase was probed: such a miss cannot be told from the index's.
 */
export const freshShares = (view: View, probed: readonly ProbedWrite[]): FreshShares => {
  const { ops } = view.trace
  const groups = new Map<string, { lower: Float64Array; upper: Float64Array }>()
  for (const [key, writes] of Map.groupBy(probed, ({ kind, phase }) => `${kind} ${phase}`)) {
    groups.set(key, {
      lower: Float64Array.from(writes, ({ lower }) => lower).sort(),
      upper: Float64Array.from(writes, ({ upper }) => upper).sort(),
    })
  }
  return (op, id, instant) => {
    if (op < 0 || groups.size === 0) return NEVER
    const group = groups.get(`${upsertKind(view, ops.space[op]!, id, op)} ${ops.phase[op]}`)
    if (!group) return NEVER
    const age = instant - ops.at[op]!
    return { low: shareAbove(group.lower, age), high: shareAbove(group.upper, age) }
  }
}

/** The share of sorted values that are larger than x. */
const shareAbove = (sorted: Float64Array, x: number): number =>
  1 - countAtMost(sorted, x) / sorted.length
