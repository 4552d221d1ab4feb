/** In thousandths: the quantiles that findings print, by name. */
export const QUANTILES = { p50: 500, p90: 900, p99: 990, p999: 999 } as const
export type QuantileName = keyof typeof QUANTILES
export const QUANTILE_NAMES = Object.keys(QUANTILES) as readonly QuantileName[]

/** What either side of a 95 % interval may miss. */
export const TAIL = 0.025

/** Terms below this share of the largest one are not summed: far below what the tail can feel. */
const NEGLIGIBLE = 1e-25

/** Ranks (from 1) of the order statistics that hold a quantile; 0 and n + 1 stand for no such one. */
export interface Ranks {
  readonly low: number
  readonly high: number
}

/**
 * The exact two-sided 95 % interval for the quantile p = permille/1000 of which n were drawn independently (Conover,
 * Practical Nonparametric Statistics, §3.2; definitions §2, Quantiles). The number X of draws at or below the quantile is
 * Binomial(n, p): `low` is the largest l with P(X < l) ≤ .025, `high` the smallest h with P(X ≥ h) ≤ .025.
 *
 * Weights come from the mode outwards by their ratio, so that nothing underflows; steps grow with √n.
 */
export const quantileRanks = (n: number, permille: number): Ranks => {
  if (n === 0) return { low: 0, high: 1 }
  const { from, weights, total } = binomialWeights(n, permille / 1000)
  let low = 0
  for (let i = 0, below = 0; i < weights.length; i++) {
    if (below > TAIL * total) break
    low = from + i
    below += weights[i]!
  }
  let high = n + 1
  for (let i = weights.length - 1, above = 0; i >= 0; i--) {
    above += weights[i]!
    if (above > TAIL * total) break
    high = from + i
  }
  return { low, high }
}

/** P(X = from + i) in proportion to weights[i], outside of which it is negligible. */
const binomialWeights = (n: number, p: number) => {
  const mode = Math.min(n, Math.floor((n + 1) * p))
  const odds = p / (1 - p)
  const down: number[] = []
  for (let k = mode, weight = 1; k > 0 && weight > NEGLIGIBLE; k--) {
    weight *= k / (n - k + 1) / odds
    down.push(weight)
  }
  const up: number[] = []
  for (let k = mode, weight = 1; k < n && weight > NEGLIGIBLE; k++) {
    weight *= ((n - k) / (k + 1)) * odds
    up.push(weight)
  }
  const weights = [...down.reverse(), 1, ...up]
  return { from: mode - down.length, weights, total: weights.reduce((sum, w) => sum + w, 0) }
}
