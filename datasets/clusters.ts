import { type Id, stream, type Vectors } from '../harness/model/index.ts'
import { squaredDistance } from './matrix.ts'

const ANCHORS = 32

/**
 * Clusters for data that brings none: the nearest, by Euclidean distance, of 32 drawn rows.
 * Each row is looked up once, when it is asked for.
 */
export const nearestOfDrawn = (vectors: Vectors, rows: number): ((id: Id) => number) => {
  let anchors: Float32Array[] | undefined
  const known = new Map<Id, number>()
  return (id) => {
    const before = known.get(id)
    if (before !== undefined) return before
    anchors ??= drawRows(vectors, rows)
    const found = nearest(vectors.at(id), anchors)
    known.set(id, found)
    return found
  }
}

/** Copies of min(32, rows) different rows, drawn by a fixed stream. */
const drawRows = (vectors: Vectors, rows: number): Float32Array[] => {
  const chance = stream(0, 'clusters', rows)
  const ids = new Set<Id>()
  while (ids.size < Math.min(ANCHORS, rows)) ids.add(chance.below(rows))
  return [...ids].map((id) => vectors.slice(id, id + 1))
}

/** Index of the nearest of `others`; the first of equals. */
const nearest = (vector: Float32Array, others: readonly Float32Array[]): number => {
  let best = 0
  let least = Infinity
  for (const [index, other] of others.entries()) {
    const distance = squaredDistance(vector, other)
    if (distance >= least) continue
    least = distance
    best = index
  }
  return best
}
