/** Indexes of segments so small that a test fills many. */
import { createHnsw, type Hnsw, type Image, type Parameters } from './index.ts'

export const PAGE = 65_536
/** So few bytes hold eight rows of so many dimensions. */
export const [WIDE, EIGHT_ROWS] = [4096, 8 * PAGE]

export const create = (more: Partial<Parameters> = {}, image?: Image): Hnsw =>
  createHnsw(
    {
      dimensions: WIDE,
      metric: 'l2',
      m: 4,
      efConstruction: 16,
      seed: 1,
      selection: 'heuristic',
      segmentBytes: EIGHT_ROWS,
      ...more,
    },
    'hnsw',
    image,
  )
/** A vector whose other dimensions are 0. */
export const wide = (first: number): Float32Array => {
  const vector = new Float32Array(WIDE)
  vector[0] = first
  return vector
}
export const fill = (index: Hnsw, to: number, from = 0): void => {
  for (let id = from; id < to; id++) index.upsert(id, id, wide(id))
}
export const lives = (index: Hnsw): number[] => index.segments().map(({ live }) => live)
export const compact = (index: Hnsw): void => {
  for (const _ of index.compaction());
}
