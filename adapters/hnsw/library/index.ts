/** `driftmark/hnsw`: the engine inside a program of one's own. */
export type { Metric, Shape, Stats } from '../engine/index.ts'
export {
  type Found,
  HnswIndex,
  type HnswSettings,
  type SearchSettings,
  type Vector,
} from './hnsw-index.ts'
