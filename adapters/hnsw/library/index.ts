/** `driftmark/hnsw`: the engine inside a program of one's own, and a client of its server. */
export { type Client, createClient, type RemoteCollection, type Row } from '../client.ts'
export type { Metric, Shape, Stats } from '../engine/types.ts'
export {
  type Found,
  HnswIndex,
  type HnswSettings,
  type SearchSettings,
  type Vector,
} from './hnsw-index.ts'
export type { HnswOnDisk, OpenSettings } from './on-disk.ts'
