import type { Interval } from '../model/index.ts'

/** Fewer points than this give a slope, but no interval (definitions §3, Drift). */
const LEAST_FOR_INTERVAL = 30
/** Pairs grow with the square: more points than this are averaged in neighbouring groups of equal size first. */
const MOST_POINTS = 3_000
/** The standard normal's 97.5 % quantile. */
const Z = 1.959963984540054

/**
 * Slope of y over x with Sen's 95 % interval, widened for autocorrelation (definitions §3, Drift).
 *
 * The slope is the median of the slopes of all pairs of points of unequal x (Theil 1950, Sen 1968). The interval's ends
 * are the slopes of rank (N ∓ C)/2 among those N, C = 1.96·√(var·(1+r)/(1−r)), var = (n(n−1)(2n+5) − Σ t(t−1)(2t+5))/18
 * over groups of t equal y (Kendall). r = (n·r₁+2)/(n−4) clipped to [0, .95], r₁ the lag-1 autocorrelation of the
 * detrended points.
 *
 * Points come in the order of time; those where x or y is not finite are left out. `value` is null where no pair
 * differs in x; `low` and `high` are null below 30 points, or where the autocorrelation leaves so little evidence that
 * no slope can be excluded. Units: those of y over those of x.
 */
export const theilSen = (x: Float64Array, y: Float64Array): Interval => {
  const points = thin(finitePoints(x, y))
  const n = points.x.length
  const slopes = pairSlopes(points.x, points.y)
  if (slopes.length === 0) return { value: null, low: null, high: null }
  const value = median(slopes)
  if (n < LEAST_FOR_INTERVAL) return { value, low: null, high: null }
  const r = inflatedAutocorrelation(points.x, points.y, value)
  const reach = Z * Math.sqrt((kendallVariance(points.y) * (1 + r)) / (1 - r))
  const lowRank = Math.floor((slopes.length - reach) / 2)
  if (lowRank < 1) return { value, low: null, high: null }
  return { value, low: slopes[lowRank - 1]!, high: slopes[slopes.length - lowRank]! }
}

interface Points {
  readonly x: Float64Array
  readonly y: Float64Array
}

const finitePoints = (x: Float64Array, y: Float64Array): Points => {
  const kept = Array.from(x.keys()).filter((i) => Number.isFinite(x[i]!) && Number.isFinite(y[i]!))
  return {
    x: Float64Array.from(kept, (i) => x[i]!),
    y: Float64Array.from(kept, (i) => y[i]!),
  }
}

/** Means of neighbouring groups, so that at most MOST_POINTS are left. */
const thin = (points: Points): Points => {
  const n = points.x.length
  if (n <= MOST_POINTS) return points
  const size = Math.ceil(n / MOST_POINTS)
  const groups = Math.floor(n / size)
  const meanOf = (values: Float64Array) =>
    Float64Array.from({ length: groups }, (_, g) => mean(values.subarray(g * size, (g + 1) * size)))
  return { x: meanOf(points.x), y: meanOf(points.y) }
}

/** The slopes of all pairs of unequal x, ascending. */
const pairSlopes = (x: Float64Array, y: Float64Array): Float64Array => {
  const n = x.length
  const slopes = new Float64Array((n * (n - 1)) / 2)
  let count = 0
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const run = x[j]! - x[i]!
      if (run !== 0) slopes[count++] = (y[j]! - y[i]!) / run
    }
  }
  return slopes.subarray(0, count).sort()
}

const kendallVariance = (y: Float64Array): number => {
  const n = y.length
  const sorted = y.slice().sort()
  let tied = 0
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && sorted[to] === sorted[from]) to++
    const t = to - from
    tied += t * (t - 1) * (2 * t + 5)
    from = to
  }
  return (n * (n - 1) * (2 * n + 5) - tied) / 18
}

/** r of definitions §3: the lag-1 autocorrelation of the residuals, corrected for its bias in short series. */
const inflatedAutocorrelation = (x: Float64Array, y: Float64Array, slope: number): number => {
  const n = x.length
  const residuals = y.map((value, i) => value - slope * x[i]!)
  const centre = mean(residuals)
  let lagged = 0
  let square = 0
  for (let i = 0; i < n; i++) {
    const deviation = residuals[i]! - centre
    square += deviation * deviation
    if (i > 0) lagged += deviation * (residuals[i - 1]! - centre)
  }
  const r1 = square === 0 ? 0 : lagged / square
  return Math.min(0.95, Math.max(0, (n * r1 + 2) / (n - 4)))
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const median = (sorted: Float64Array): number => {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
