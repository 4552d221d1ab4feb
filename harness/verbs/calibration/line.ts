import type { Figure } from '../../model/index.ts'

/** One line of the table: what was claimed, what was measured, what error is allowed, whether it holds. */
export interface Line {
  readonly what: string
  readonly claimed: string
  readonly measured: string
  readonly allowed: string
  /** Null: it cannot be told, for the reason that `why` gives. */
  readonly holds: boolean | null
  readonly why?: string
}

/** What a claim is judged by. */
interface Claim extends Omit<Line, 'holds' | 'why'> {
  /** How many events the claim is about. None, and nothing was shown. */
  readonly n: number
  readonly holds: boolean
  /** Set where a claim that does not hold may be the machine's doing. */
  readonly excuse?: string | null
}

const NOTHING = 'nothing happened that it could be shown by'

/** A claim about nothing holds for any instrument: it counts as not told, never as held. */
export const lineOf = ({ n, holds, excuse, ...shown }: Claim): Line => {
  if (n === 0 && holds) return { ...shown, holds: null, why: NOTHING }
  if (holds || !excuse) return { ...shown, holds }
  return { ...shown, holds: null, why: excuse }
}

/** Milliseconds, as every line prints them. */
export const ms = (figure: Figure): string => {
  if (figure === null) return 'withheld'
  return figure === Infinity ? '> timeout' : `${figure.toFixed(1)} ms`
}

/** Both ends of a bracket, or the one number that they are. */
export const between = (low: string, high: string): string =>
  low === high ? low : `${low} … ${high}`

/** The ⌈p·n⌉-th of n, p in thousandths (definitions §2); NaN of none. */
export const orderStatistic = (values: readonly number[], permille: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.max(1, Math.ceil((permille * values.length) / 1000)) - 1
  ] ?? Number.NaN

/** A service time in milliseconds, and what the harness may add to it without withholding it (definitions §5). */
export const withHarness = (time: number): number => time + Math.max(1, 0.05 * time)

export const QUANTILES = { p50: 500, p90: 900, p99: 990, p999: 999 } as const
export type Quantile = keyof typeof QUANTILES
