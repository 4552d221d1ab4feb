import type { Figure, Loss } from '../model/index.ts'
import { shifted } from './clusters.ts'
import { type Freshness, type Lenders, reachOf } from './fresh.ts'
import type { Members } from './groups.ts'
import { meanOf } from './recall.ts'
import { student } from './sample.ts'
import type { SearchTable } from './searches.ts'

/**
 * Shares of loss, averaged over searches exactly as recall is (definitions §3): with the upper end of `notYetVisible` they add up to
 * 1 − high. `lost` is a part of that end.
 */
export const lossFindings = (table: SearchTable, members: Members, lookedUp: boolean): Loss => {
  const low = meanOf(table.freshLow, members)
  const high = meanOf(table.freshHigh, members)
  return {
    notYetVisible: { low, high, ci95: drawnInterval(table, members, low, high) },
    lost: lookedUp ? meanOf(table.lost, members) : null,
    crowdedOut: meanOf(table.crowdedOut, members),
    short: meanOf(table.shortLoss, members),
    index: meanOf(table.index, members),
    undecided: meanOf(table.high, members)! - meanOf(table.low, members)!,
  }
}

/**
 * The 95 % interval of the share that was not yet visible, over the drawing of the probed writes: a write is the unit, since it is missed many
 * times (definitions §3). Ends: the lower one from `low`, the upper from `high`, by Student's t over the writes of the lenders; the two ends
 * themselves where every missed neighbour was probed. Null where too few writes carry it: there the normal law is no guide.
 */
const drawnInterval = (
  table: SearchTable,
  members: Members,
  low: Figure,
  high: Figure,
): readonly [Figure, Figure] => {
  const isMember = new Uint8Array(table.count)
  let most = 0
  for (let i = 0; i < members.length; i++) {
    const s = members[i]!
    isMember[s] = 1
    most = most + table.freshHigh.at(s) + table.index.at(s)
  }
  const borrowed = borrowedWeights(table, isMember)
  const late = lateWrites(table.fresh, borrowed)
  if (late > 0 && late < ENOUGH) return [null, null]
  const limit = (figure: Figure, end: Float64Array, side: -1 | 1): Figure => {
    const half = spreadOf(table.fresh, borrowed, end)
    if (figure === null || half === 0) return figure
    return limitOf(figure * members.length, half, most, side) / members.length
  }
  return [limit(low, table.fresh.low, -1), limit(high, table.fresh.high, 1)]
}

/** So many writes that weigh the same must be behind what was not visible, or a few heavy ones that nobody probed may outweigh them all. */
const ENOUGH = 4

/** The probed writes that were not visible when they were missed, as the number of equal ones that would weigh the same; 0: there was none. */
const lateWrites = (fresh: Freshness, borrowed: readonly Float64Array[]): number => {
  let weight = 0
  let squares = 0
  fresh.groups.forEach(({ place, write, writes }, g) => {
    const held = new Float64Array(writes)
    place.forEach((end, j) => {
      held[write[j]!]! += borrowed[g]![j]! * fresh.high[end]!
    })
    for (const w of held) {
      weight += w
      squares += w * w
    }
  })
  return weight < NOTHING ? 0 : weight ** 2 / squares
}

/** In searches: a share of all that was missed for a cause of its own, on the scale of odds where it has one. */
const limitOf = (figure: number, half: number, most: number, side: -1 | 1): number => {
  const share = figure / most
  if (half === Infinity) return side < 0 ? 0 : most
  if (share < CLOSE_TO_ALL || share > 1 - CLOSE_TO_ALL)
    return Math.min(most, Math.max(0, figure + side * half))
  return most * shifted(share, (side * half) / most)
}

/** So near to none, or to all, odds are no scale. */
const CLOSE_TO_ALL = 1e-3

/** Per group: how much each lender's verdict weighs, by way of those who borrow it. */
const borrowedWeights = ({ missed, fresh }: SearchTable, isMember: Uint8Array): Float64Array[] => {
  const steps = fresh.groups.map(({ place }) => new Float64Array(place.length + 1))
  for (let i = 0; i < missed.count; i++) {
    const group = fresh.group[i]!
    if (group < 0 || !isMember[missed.search[i]!]) continue
    const reach = reachOf(fresh.groups[group]!)
    const part = missed.weight[i]! / reach
    steps[group]![fresh.from[i]!]! += part
    steps[group]![fresh.from[i]! + reach]! -= part
  }
  for (const step of steps) for (let j = 1; j < step.length; j++) step[j]! += step[j - 1]!
  return steps
}

/**
 * Half the width, in searches: what each lender says more than its neighbours from other writes do, as much as is borrowed of it, summed by
 * write and squared (the linearised variance of a ratio, Cochran §6.4, each write held against the others as in the jackknife). To the
 * neighbours four are added, two either way (Agresti and Coull 1998): where all agree, something is left. Student's t has the degrees of
 * freedom of as many equal writes as would weigh the same.
 */
const spreadOf = (
  fresh: Freshness,
  borrowed: readonly Float64Array[],
  end: Float64Array,
): number => {
  let variance = 0
  let weight = 0
  let squares = 0
  fresh.groups.forEach((lenders, g) => {
    const residual = new Float64Array(lenders.writes)
    const held = new Float64Array(lenders.writes)
    lenders.place.forEach((place, j) => {
      const part = borrowed[g]![j]!
      if (part < NOTHING) return
      residual[lenders.write[j]!]! += part * (end[place]! - othersAround(lenders, j, end))
      held[lenders.write[j]!]! += part
    })
    for (const z of residual) variance += z * z
    for (const w of held) {
      weight += w
      squares += w * w
    }
  })
  if (weight === 0) return 0
  const equal = weight ** 2 / squares
  if (equal < 2) return Infinity
  return student(Math.floor(equal) - 1) * Math.sqrt((variance * equal) / (equal - 1))
}

/** Sums of parts that cancel leave this much at most. */
const NOTHING = 1e-12

/** The mean verdict of the neighbours of lender j that are of other writes, and of four more. */
const othersAround = (lenders: Lenders, j: number, end: Float64Array): number => {
  const { place, write } = lenders
  const reach = reachOf(lenders)
  const from = Math.min(Math.max(0, j - (reach >> 1)), place.length - reach)
  let sum = 2
  let count = 4
  for (let other = from; other < from + reach; other++) {
    if (write[other] === write[j]) continue
    sum += end[place[other]!]!
    count++
  }
  return sum / count
}
