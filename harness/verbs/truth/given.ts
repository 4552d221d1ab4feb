import type { Packed } from '../../../datasets/index.ts'
import { type Metric, stream } from '../../model/index.ts'
import { type Departure, departureOf } from './agree.ts'
import { distanceOf, exactOf } from './exact.ts'

/** How far the neighbours that a dataset gives agree with exact search. */
export interface Agreement {
  /** Queries that were looked at. */
  readonly queries: number
  readonly width: number
  /** The queries that depart, with their first place. */
  readonly departures: readonly (Departure & { readonly query: number })[]
}

/** Checks the given neighbours of `sample` drawn queries; null if the dataset gives none. */
export const agreementOf = (
  { dataset, neighbours }: Packed,
  metric: Metric,
  sample: number,
): Agreement | null => {
  const given = neighbours()
  if (!given) return null
  const { queries, vectors } = dataset.models[0]!
  const drawn = draw(queries.count, sample)
  const asked = drawn.map((query) => queries.at(query).slice())
  const rows = Array.from({ length: dataset.rows }, (_, row) => row)
  const exact = exactOf(metric, rows, vectors.at, asked, given.width)
  const departures = drawn.flatMap((query, i) => {
    const list = [...given.values.subarray(query * given.width, (query + 1) * given.width)]
    const departure = departureOf(exact[i]!, list, (row) =>
      distanceOf(metric, asked[i]!, vectors.at(row)),
    )
    return departure ? [{ query, ...departure }] : []
  })
  return { queries: drawn.length, width: given.width, departures }
}

/** So many of the numbers below `count`, ascending; the same ones each time. */
export const draw = (count: number, sample: number): readonly number[] => {
  const rng = stream(1, 'sample')
  const chosen = new Set<number>()
  if (sample >= count) return Array.from({ length: count }, (_, i) => i)
  while (chosen.size < sample) chosen.add(rng.below(count))
  return [...chosen].sort((a, b) => a - b)
}

const SHOWN = 5

/** The agreement in lines for people. */
export const agreementLines = ({ queries, width, departures }: Agreement): readonly string[] => {
  const agree = queries - departures.length
  return [
    `  given neighbours: ${agree} of ${queries} queries agree with exact search in all ${width} places`,
    ...departures
      .slice(0, SHOWN)
      .map(({ query, place, why }) => `    query ${query}, place ${place}: ${why}`),
    ...(departures.length > SHOWN ? [`    and ${departures.length - SHOWN} more`] : []),
  ]
}
