import { exp, type Figure, ln, type Micros, type Q } from '../model/index.ts'
import { QUANTILE_NAMES, QUANTILES, type QuantileName, quantileRanks, TAIL } from './binomial.ts'

/**
 * Quantiles from order statistics (definitions §2, Quantiles). Values come in microseconds, figures leave in
 * milliseconds; +Infinity is a value.
 *
 * Q_p of n values is the ⌈p·n⌉-th smallest. It is printed only if some order statistic bounds it from above at 95 %: pⁿ
 * ≤ .025, which is n ≥ 6 for p50, 36 for p90, 368 for p99 and 3,688 for p99.9.
 */
export const quantiles = (values: Float64Array): Q => {
  const sorted = values.slice().sort()
  return figuresOf(sorted, sorted, sorted)
}

/** Both ends of a bracket: each its own quantiles; the 95 % interval of both runs from L's order statistics to U's. */
export const bracketQuantiles = (
  lower: Float64Array,
  upper: Float64Array,
): { lower: Q; upper: Q } => {
  const low = lower.slice().sort()
  const high = upper.slice().sort()
  return { lower: figuresOf(low, low, high), upper: figuresOf(high, low, high) }
}

/** The ⌈p·n⌉-th smallest of sorted values, p in thousandths; NaN if there are none. Same unit as the values. */
export const orderStatistic = (sorted: Float64Array, permille: number): number =>
  sorted[Math.max(1, Math.ceil((permille * sorted.length) / 1000)) - 1] ?? Number.NaN

/** Can n values bound this quantile from above at 95 %? */
export const supports = (n: number, name: QuantileName): boolean =>
  n > 0 && n * ln(QUANTILES[name] / 1000) <= ln(TAIL)

/** Milliseconds, to the nanosecond: no clock tells more, and the noise of a subtraction does not show. */
export const inMillis = (time: Micros): number => Math.round(time * 1000) / 1e6

/** The largest p with pⁿ ≤ .025, rounded down to four places. */
export const highestSupported = (n: number): number => Math.floor(exp(ln(TAIL) / n) * 1e4) / 1e4

const figuresOf = (sorted: Float64Array, low: Float64Array, high: Float64Array): Q => {
  const n = sorted.length
  const figure = (name: QuantileName): Figure =>
    supports(n, name) ? inMillis(orderStatistic(sorted, QUANTILES[name])) : null
  const ci95: { [quantile: string]: readonly [Figure, Figure] } = {}
  for (const name of QUANTILE_NAMES) {
    if (supports(n, name)) ci95[name] = intervalOf(low, high, QUANTILES[name])
  }
  return {
    n,
    p50: figure('p50'),
    p90: figure('p90'),
    p99: figure('p99'),
    p999: figure('p999'),
    max: n > 0 ? inMillis(sorted[n - 1]!) : null,
    ci95,
    ...(n > 0 && !supports(n, 'p99') ? { supports: highestSupported(n) } : {}),
  }
}

/** No order statistic below (a low quantile of few values): the lower end is 0, the least that a time can be. */
const intervalOf = (low: Float64Array, high: Float64Array, permille: number): [number, number] => {
  const ranks = quantileRanks(low.length, permille)
  return [
    ranks.low === 0 ? 0 : inMillis(low[ranks.low - 1]!),
    ranks.high > high.length ? Infinity : inMillis(high[ranks.high - 1]!),
  ]
}
