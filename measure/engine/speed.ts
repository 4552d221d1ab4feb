import { createHnsw } from '../../adapters/hnsw/engine/index.ts'
import { median } from '../machine.ts'
import { type Contender, K } from './contender.ts'
import type { Points } from './sets.ts'

export const EFS = [10, 16, 24, 32, 48, 64, 96, 128, 256] as const
/** Inserts of one contender before the next has its turn. */
const BLOCK = 5000

/** What one contender did on one set. */
export interface Speed {
  readonly name: string
  /** Inserts a second of CPU, over the whole build. */
  readonly inserts: number
  /** CPU microseconds of each block of the build. */
  readonly blocks: readonly number[]
  readonly at: readonly Point[]
}
interface Point {
  readonly ef: number
  readonly recall: number
  readonly qps: number
  /** CPU microseconds of a search, of each round. */
  readonly costs: readonly number[]
}

/** CPU microseconds of all threads of this process. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Builds all of them in turns, then asks them in turns, `rounds` times, another one first each time; rates are medians. */
export const speeds = (set: Points, contenders: readonly Contender[], rounds: number): Speed[] => {
  const blocks = contenders.map((): number[] => [])
  for (let from = 0; from < set.rows.length; from += BLOCK) {
    const block = set.rows.slice(from, from + BLOCK)
    contenders.forEach((_, turn) => {
      const which = (turn + from / BLOCK) % contenders.length
      const contender = contenders[which]!
      const points = block.map((vector) => contender.point(vector))
      const began = cpu()
      points.forEach((point, i) => {
        contender.insert(from + i, point)
      })
      blocks[which]!.push(cpu() - began)
    })
  }
  const truth = truthOf(set)
  const times = contenders.map(() => EFS.map((): number[] => []))
  const recalls = contenders.map(() => EFS.map(() => 0))
  for (const contender of contenders) contender.finish(EFS)
  const asked = contenders.map((contender) => set.queries.map((query) => contender.point(query)))
  for (let round = 0; round < rounds; round++) {
    EFS.forEach((ef, e) => {
      contenders.forEach((_, turn) => {
        const which = (turn + round) % contenders.length
        const contender = contenders[which]!
        const ask = () => asked[which]!.map((point) => contender.search(point, ef))
        recalls[which]![e] = recallOf(ask(), truth)
        times[which]![e]!.push(costOf(ask) / asked[which]!.length)
      })
    })
  }
  return contenders.map(({ name }, which) => ({
    name,
    inserts: (1e6 * set.rows.length) / blocks[which]!.reduce((sum, cost) => sum + cost, 0),
    blocks: blocks[which]!,
    at: EFS.map((ef, e) => ({
      ef,
      recall: recalls[which]![e]!,
      qps: 1e6 / median(times[which]![e]!),
      costs: times[which]![e]!,
    })),
  }))
}

/** CPU microseconds of a call: it is repeated, since this clock may tick in steps of several milliseconds. */
export const costOf = (call: () => void): number => {
  const began = cpu()
  let calls = 0
  do {
    call()
    calls++
  } while (cpu() - began < LEAST)
  return (cpu() - began) / calls
}
const LEAST = 150_000

/** The true K of each query, by measuring every row; some are held against plain float64. */
export const truthOf = ({ dimensions, rows, queries }: Points): Set<number>[] => {
  const every = createHnsw(
    { dimensions, metric: 'l2', m: 2, efConstruction: 1, seed: 1, selection: 'simple' },
    'exact',
  )
  rows.forEach((row, id) => {
    every.upsert(id, 0, row)
  })
  return queries.map((query, i) => {
    const { ids, distances } = every.exact(query, K)
    if (i % 100 === 0) check(rows, query, distances)
    return new Set(ids)
  })
}

const check = (rows: readonly Float32Array[], query: Float32Array, found: Float32Array): void => {
  const true64 = Float64Array.from(rows, (row) => {
    let sum = 0
    for (let i = 0; i < row.length; i++) sum += (row[i]! - query[i]!) ** 2
    return sum
  }).sort()
  found.forEach((distance, i) => {
    if (Math.abs(distance - true64[i]!) <= 1e-4 * true64[i]!) return
    throw new Error(`the truth is wrong: ${distance} is not ${true64[i]}`)
  })
}

/** Share of the true K that was found. */
export const recallOf = (
  answers: readonly ArrayLike<number | bigint>[],
  truth: readonly ReadonlySet<number>[],
): number => {
  let hits = 0
  answers.forEach((ids, i) => {
    for (let j = 0; j < ids.length; j++) hits += Number(truth[i]!.has(Number(ids[j])))
  })
  return hits / (K * answers.length)
}

/**
 * Searches a second at a recall: between the two ef around it, the logarithm of the rate linear in recall. Where the lowest ef
 * is above it already, its rate; where the highest does not reach it, NaN.
 */
const qpsAt = (at: readonly Omit<Point, 'costs'>[], recall: number): number => {
  const next = at.findIndex((point) => point.recall >= recall)
  if (next === -1) return Number.NaN
  const above = at[next]!
  const below = at[next - 1]
  if (!below) return above.qps
  const share = (recall - below.recall) / (above.recall - below.recall)
  return below.qps * (above.qps / below.qps) ** share
}

/**
 * How many times as many searches a second one does at a recall as the other: the median of what each round says. What the host does to both of a round falls out.
 */
export const searchRatio = (own: Speed, other: Speed, recall: number): number => {
  const rateIn = ({ at }: Speed, round: number): number =>
    qpsAt(
      at.map((point) => ({ ...point, qps: 1e6 / point.costs[round]! })),
      recall,
    )
  return median(own.at[0]!.costs.map((_, round) => rateIn(own, round) / rateIn(other, round)))
}

/** How many times as many inserts a second: the median of what each block of the build says. */
export const insertRatio = (own: Speed, other: Speed): number =>
  median(own.blocks.map((cost, block) => other.blocks[block]! / cost))
