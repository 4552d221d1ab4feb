import type { Interval } from '../model/index.ts'
import type { CheckpointTruth } from './checkpoints.ts'
import { halfWidth, mean } from './sample.ts'

/**
 * Checkpoint recall minus the recall of its rebuilds, and minus the same difference at `start` where one is given (definitions §3,
 * `versusRebuild` and `sinceStart`). The interval joins in quadrature two 95 % intervals by Student's t: that of the differences paired
 * by query, and, from three rebuilds on, that of the mean over rebuilds. An open checkpoint widens it by its bracket.
 */
export const versusRebuild = (at: CheckpointTruth, start?: CheckpointTruth): Interval => {
  const queries = [...at.byQuery.keys()].filter(
    (query) => isPaired(at, query) && (!start || isPaired(start, query)),
  )
  if (queries.length === 0) return { value: null, low: null, high: null }
  const lows = queries.map(
    (query) => difference(at, query, 'low') - difference(start, query, 'high'),
  )
  const highs = queries.map(
    (query) => difference(at, query, 'high') - difference(start, query, 'low'),
  )
  const value = (mean(lows) + mean(highs)) / 2
  if (queries.length === 1) return { value, low: null, high: null }
  const spread = quadrature(spreadOf(at), spreadOf(start))
  return {
    value,
    low: mean(lows) - quadrature(halfWidth(lows), spread),
    high: mean(highs) + quadrature(halfWidth(highs), spread),
  }
}

const isPaired = ({ byQuery, control }: CheckpointTruth, query: number): boolean =>
  byQuery.has(query) && (control?.byQuery.has(query) ?? false)

const difference = (
  checkpoint: CheckpointTruth | undefined,
  query: number,
  end: 'low' | 'high',
): number =>
  checkpoint ? checkpoint.byQuery.get(query)![end] - checkpoint.control!.byQuery.get(query)! : 0

/** Half the width of the interval of the mean over rebuilds; 0 below three of them. */
const spreadOf = (checkpoint: CheckpointTruth | undefined): number => {
  const means = checkpoint?.control?.means ?? []
  return means.length < 3 ? 0 : halfWidth(means)
}

const quadrature = (a: number, b: number): number => Math.sqrt(a * a + b * b)
