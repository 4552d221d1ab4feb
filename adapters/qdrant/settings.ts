import type { Schemas } from '@qdrant/js-client-rest'
import type { Collection, Metric } from '../../harness/model/index.ts'
import type { Index, QdrantOptions } from './options.ts'

type CreateCollection = Schemas['CreateCollection']

const DISTANCE = {
  l2: 'Euclid',
  cosine: 'Cosine',
  ip: 'Dot',
} as const satisfies Record<Metric, Schemas['Distance']>

/**
 * The body that creates a collection. What is null or undefined stands for the server's own choice. An exact collection
 * has no graph: m 0.
 */
export const createBody = (
  options: QdrantOptions,
  { dimensions, metric }: Collection,
  index: Index,
): CreateCollection => {
  const { onDisk, shards, replicas, writeConsistency } = options
  return dense({
    vectors: dense({ size: dimensions, distance: DISTANCE[metric], on_disk: onDisk }),
    hnsw_config: dense({
      m: index.kind === 'exact' ? 0 : index.m,
      ef_construct: index.kind === 'exact' ? undefined : index.efConstruction,
      full_scan_threshold: options.fullScanThreshold,
      max_indexing_threads: options.maxIndexingThreads,
      on_disk: onDisk,
    }),
    optimizers_config: dense({
      indexing_threshold: options.indexingThreshold,
      default_segment_number: options.segments,
      max_segment_size: options.maxSegmentSize,
      deleted_threshold: options.deletedThreshold,
      vacuum_min_vector_number: options.vacuumMinVectorNumber,
      max_optimization_threads: options.maxOptimizationThreads,
      prevent_unoptimized: options.preventUnoptimized,
      flush_interval_sec: options.flushInterval,
    }),
    quantization_config: quantizationOf(options.quantization),
    shard_number: shards,
    replication_factor: replicas,
    write_consistency_factor: writeConsistency,
    on_disk_payload: onDisk,
  }) as CreateCollection
}

const quantizationOf = (asked: QdrantOptions['quantization']): unknown => {
  if (asked === null) return null
  const { kind, ...settings } = asked
  return kind === 'scalar' ? { scalar: { type: 'int8', ...settings } } : { [kind]: settings }
}

/** The same object without what is null or undefined. */
const dense = (object: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== undefined),
  )

const BYTES_OF_A_FLOAT = 4

/** How many vectors of so many dimensions a threshold in kilobytes stands for; it may have decimals. */
export const vectorsIn = (kilobytes: number, dimensions: number): number =>
  (kilobytes * 1_024) / (BYTES_OF_A_FLOAT * dimensions)
