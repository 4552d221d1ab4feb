import type { CollectionInfo, Optimizations, Segment } from './control.ts'
import { vectorsIn } from './settings.ts'

/** One look at a collection. */
export interface Look {
  readonly info: CollectionInfo
  readonly optimizations: Optimizations
}

/** The optimizers have given up: no waiting mends that. Undefined where they have not. */
export const brokenBy = ({ info }: Look): string | undefined =>
  typeof info.optimizer_status === 'object' ? info.optimizer_status.error : undefined

/**
 * What still stands between a collection and being settled, in words; empty when nothing does. Green alone is not enough:
 * it says that no optimizer has work, also where every segment is too small to be indexed, and nothing of the queue.
 */
export const missing = ({ info, optimizations }: Look, dimensions: number): string[] => {
  const { length = 0, deferred_points } = queueOf(info)
  const { queued_optimizations, queued_segments } = optimizations.summary
  const running = optimizations.running.map(({ optimizer }) => optimizer)
  const unindexed = unindexedOf(info)
  return [
    info.status === 'green' ? '' : `its status is ${info.status}, not green`,
    length === 0 ? '' : `${length} writes wait in the update queue`,
    deferred_points ? `${deferred_points} rows are deferred, hidden until they are indexed` : '',
    running.length === 0 ? '' : `optimizations run: ${running.join(', ')}`,
    queued_optimizations === 0
      ? ''
      : `${queued_optimizations} optimizations of ${queued_segments} segments are queued`,
    unindexed <= mayStayPlain(info, dimensions)
      ? ''
      : `${unindexed} of ${info.points_count} vectors are not indexed`,
  ].filter((words) => words !== '')
}

interface Queue {
  readonly length?: number
  readonly deferred_points?: number | null
}
export const queueOf = (info: CollectionInfo): Queue => (info.update_queue ?? {}) as Queue

/** Vectors that are only scanned; both counts are approximate while segments are rebuilt. */
export const unindexedOf = ({ points_count, indexed_vectors_count }: CollectionInfo): number =>
  Math.max(0, (points_count ?? 0) - (indexed_vectors_count ?? 0))

/** As many as the segments may hold below the threshold; any number where there is no index at all. */
const mayStayPlain = ({ config, segments_count }: CollectionInfo, dimensions: number): number => {
  const threshold = config.optimizer_config.indexing_threshold ?? 0
  const disabled = threshold === 0 || config.hnsw_config.m === 0
  return disabled ? Number.POSITIVE_INFINITY : segments_count * vectorsIn(threshold, dimensions)
}

/**
 * Who answers a search, by the server's own rule (1.19.0, hnsw/read_view/dispatch.rs): a segment without a graph is
 * scanned, and so is one with a graph and fewer vectors than full_scan_threshold.
 */
export const planOf = (
  info: CollectionInfo,
  segments: readonly Pick<Segment, 'num_points' | 'num_indexed_vectors'>[],
  dimensions: number,
): 'index' | 'exact' | 'partial' => {
  const least = vectorsIn(info.config.hnsw_config.full_scan_threshold, dimensions)
  const filled = segments.filter(({ num_points }) => num_points > 0)
  const walked = filled.filter(
    ({ num_points, num_indexed_vectors }) =>
      num_indexed_vectors > 0 && num_points >= Math.floor(least),
  )
  if (walked.length === 0) return 'exact'
  return walked.length === filled.length ? 'index' : 'partial'
}

/** Where the segments cannot be seen: the indexed rows as if evenly in all segments, the others in one beside them. */
export const segmentsGuessed = (info: CollectionInfo) => {
  const indexed = info.indexed_vectors_count ?? 0
  const { segments_count } = info
  const even = Math.floor(indexed / Math.max(1, segments_count))
  return [
    ...Array.from({ length: segments_count }, () => ({
      num_points: even,
      num_indexed_vectors: even,
    })),
    { num_points: unindexedOf(info), num_indexed_vectors: 0 },
  ]
}

/** Gauges: what recall and latency may be explained by. */
export const gaugesOf = (
  { info, optimizations }: Look,
  segments: readonly Segment[] | null,
): Record<string, number> => {
  const { length = 0, deferred_points } = queueOf(info)
  const { summary, running } = optimizations
  const dead = segments?.reduce((sum, { num_deleted_vectors }) => sum + num_deleted_vectors, 0)
  return {
    rows_live: info.points_count ?? 0,
    rows_indexed: info.indexed_vectors_count ?? 0,
    rows_unindexed: unindexedOf(info),
    rows_deferred: deferred_points ?? 0,
    segments: info.segments_count,
    update_queue: length,
    optimizations_running: running.length,
    optimizations_queued: summary.queued_optimizations,
    segments_queued: summary.queued_segments,
    rows_queued: summary.queued_points,
    ...(dead === undefined ? {} : { rows_dead: dead }),
  }
}
