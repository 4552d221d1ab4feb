import { type Micros, type PhaseSpan, SECOND } from '../../model/index.ts'

/** How many probes may go out at once after a quiet while (interfaces §1). */
export const BURST = 10
/** What a token may lack of 1 by rounding. */
const ROUNDING = 1e-9

export interface Tokens {
  /** Takes a token if there is one at `now`. Time never goes back. */
  take(now: Micros): boolean
  /** When there will be one, if none is taken before: `now`, later, or Infinity. */
  next(now: Micros): Micros
}

/** A token bucket: full at the start, refilled at the probe rate of the phase; the last phase's rate goes on past its end. */
export const createTokens = (phases: readonly PhaseSpan[]): Tokens => {
  let level = BURST
  let at: Micros = 0
  let phase = 0
  const rate = (i: number): number => (phases[i]?.probeRate ?? 0) / SECOND
  const end = (i: number): Micros =>
    i + 1 < phases.length ? phases[i]!.to : Number.POSITIVE_INFINITY

  const fill = (now: Micros): void => {
    while (at < now) {
      const until = Math.min(now, end(phase))
      level = Math.min(BURST, level + (until - at) * rate(phase))
      at = until
      if (at >= end(phase)) phase++
    }
  }
  return {
    take: (now) => {
      fill(now)
      if (level < 1 - ROUNDING) return false
      level = Math.max(0, level - 1)
      return true
    },
    next: (now) => {
      fill(now)
      let missing = 1 - level
      let from = Math.max(now, at)
      for (let i = phase; missing > ROUNDING; i++) {
        const until = end(i)
        const due = rate(i) > 0 ? from + missing / rate(i) : Number.POSITIVE_INFINITY
        if (due <= until) return due
        missing -= (until - from) * rate(i)
        from = until
      }
      return from
    },
  }
}
