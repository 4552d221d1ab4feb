import { exp, type Figure, ln } from '../model/index.ts'
import { groupsOf, type Members } from './groups.ts'
import { student } from './sample.ts'

/** Sums of one query's searches. */
export interface Cluster {
  readonly value: number
  /** What the sum is divided by: how many searches, or neighbours. */
  readonly weight: number
}

/** Below so many equally large clusters no interval is printed: Student's t on a skewed sample would not hold what it says. */
export const LEAST_CLUSTERS = 30

/**
 * Half the width of the 95 % interval of Σ value / Σ weight over clusters (definitions §3, one query asked many times): the ratio estimator
 * of cluster sampling (Cochran, Sampling Techniques, 3rd ed., §6.3 and §9A.2), its variance by leaving out one cluster at a time around the
 * estimate itself, which unequal clusters do not make too small (the jackknife, ibid. §6.17; CR3 in MacKinnon, Nielsen and Webb 2023),
 * times Student's t. Its degrees of freedom are those of as many equal clusters as would weigh the same, (Σw)²/Σw² − 1 (Kish 1965, §11.7).
 * Null where these are fewer than 30 clusters.
 */
export const clusteredHalfWidth = (clusters: readonly Cluster[]): Figure => {
  let value = 0
  let weight = 0
  let squares = 0
  for (const cluster of clusters) {
    value += cluster.value
    weight += cluster.weight
    squares += cluster.weight ** 2
  }
  const equal = weight ** 2 / squares
  if (!(equal >= LEAST_CLUSTERS - 1e-9)) return null
  const ratio = value / weight
  let variance = 0
  for (const cluster of clusters) {
    const moved = (cluster.value - ratio * cluster.weight) / (weight - cluster.weight)
    variance += moved * moved
  }
  const held = clusters.filter((cluster) => cluster.weight > 0).length
  return student(Math.floor(equal + 1e-9) - 1) * Math.sqrt((variance * (held - 1)) / held)
}

/** The searches of a table: what was measured of each, and which query it asked. */
export interface Asked {
  readonly query: Int32Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/**
 * The 95 % interval of mean recall over some searches, the query as the unit: its lower limit from the lows, its upper from the highs. It
 * speaks of queries like these, each asked as often as such a query would be; a trace that asks each twice as often does not narrow it.
 */
export const recallInterval = (
  { query, low, high }: Asked,
  members: Members,
): readonly [Figure, Figure] => {
  const groups = [...groupsOf(members, (s) => query[s]!).values()]
  const limit = (column: Float64Array, side: -1 | 1): Figure => {
    const clusters = groups.map((of) => ({ value: sumOf(column, of), weight: of.length }))
    const half = clusteredHalfWidth(clusters)
    return half === null ? null : shifted(sumOf(column, members) / members.length, side * half)
  }
  return [limit(low, -1), limit(high, 1)]
}

/**
 * A limit of the interval of a share, taken on the scale ln(p/(1 − p)) and brought back: it stays inside [0, 1], and reaches farther to the
 * side where the few bad queries are, which an even one would miss (Korn and Graubard 1999, §3.2). A share of 0 or 1 is its own limit.
 */
export const shifted = (share: number, by: number): number => {
  if (share <= 0 || share >= 1) return share
  const logit = ln(share / (1 - share)) + by / (share * (1 - share))
  return logit < 0 ? exp(logit) / (1 + exp(logit)) : 1 / (1 + exp(-logit))
}

const sumOf = (column: Float64Array, members: Members): number => {
  let sum = 0
  for (let i = 0; i < members.length; i++) sum += column[members[i]!]!
  return sum
}
