import { nearest } from '../../analysis/nearest.ts'
import type { Id, Metric } from '../../model/index.ts'

/** The exact nearest of one query, nearest first; ties by id. */
export interface Exact {
  readonly id: Uint32Array
  readonly distance: Float64Array
  /** s of the tie rule (definitions §3). */
  readonly scale: number
}

/** Distance as the findings have it: l2 squared, cosine as 1 − cos, ip as −⟨q, x⟩; in float64. */
export const distanceOf = (metric: Metric, q: Float32Array, x: Float32Array): number => {
  let dot = 0
  let square = 0
  for (let i = 0; i < q.length; i++) {
    dot += q[i]! * x[i]!
    square += (q[i]! - x[i]!) ** 2
  }
  if (metric === 'l2') return square
  if (metric === 'ip') return -dot
  const lengths = lengthOf(q) * lengthOf(x)
  return lengths === 0 ? 1 : 1 - dot / lengths
}

/** Brute force over some rows: the `depth` nearest of each query. Time: rows × queries × dimensions. */
export const exactOf = (
  metric: Metric,
  ids: readonly Id[],
  vector: (id: Id) => Float32Array,
  queries: readonly Float32Array[],
  depth: number,
): readonly Exact[] => {
  const kept = queries.map(() => nearest(Math.min(depth, ids.length), (a, b) => a - b))
  const lengths = new Float64Array(ids.length)
  ids.forEach((id, i) => {
    const x = vector(id)
    lengths[i] = lengthOf(x)
    queries.forEach((query, q) => {
      const distance = distanceOf(metric, query, x)
      if (distance <= kept[q]!.bound()) kept[q]!.push(id, distance)
    })
  })
  const median = lengths.sort()[(ids.length - 1) >> 1] ?? 0
  return kept.map((best, q) => {
    const { item: id, distance } = best.sorted()
    const scale =
      metric === 'l2' ? median ** 2 : metric === 'cosine' ? 1 : median * lengthOf(queries[q]!)
    return { id, distance, scale }
  })
}

const lengthOf = (x: Float32Array): number => {
  let sum = 0
  for (const value of x) sum += value * value
  return Math.sqrt(sum)
}
