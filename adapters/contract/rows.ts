import {
  type Id,
  type Metric,
  type Stored,
  stream,
  type Version,
} from '../../harness/model/index.ts'
import { DIMENSIONS } from './bench.ts'

/** Vectors of the suite: standard normal, named by a label, so that no two cases share any. */
export const vectorOf = (...name: readonly (string | number)[]): Float32Array => {
  const chance = stream(1, 'contract', ...name)
  return Float32Array.from({ length: DIMENSIONS }, () => chance.normal())
}

export const rowOf = (id: Id, version: Version): Stored => ({
  id,
  version,
  vector: vectorOf('row', id, version),
})

/** Rows 0 … count − 1, each at `version`. */
export const rowsOf = (count: number, version: Version = 0): Stored[] =>
  Array.from({ length: count }, (_, id) => rowOf(id, version))

/** Smaller is nearer: l2 squared, 1 − cos, or the negated dot product (definitions §3), in float64. */
export const distance = (metric: Metric, a: Float32Array, b: Float32Array): number => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0)
  if (metric === 'ip') return -dot(a, b)
  if (metric === 'cosine') return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  return a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0)
}

/** Ids of the k nearest rows, nearest first. */
export const truth = (
  rows: readonly Stored[],
  query: Float32Array,
  k: number,
  metric: Metric = 'l2',
): Id[] =>
  rows
    .map(({ id, vector }) => ({ id, far: distance(metric, query, vector) }))
    .sort((a, b) => a.far - b.far || a.id - b.id)
    .slice(0, k)
    .map(({ id }) => id)
