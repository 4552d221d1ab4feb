import { arch, platform, versions } from 'node:process'
import type { Collections } from './collections.ts'
import { ENGINE_VERSION } from './engine/index.ts'
import { createHistogram } from './histogram.ts'
import { watchLag } from './lag.ts'
import { family, histogram, labels, one } from './prometheus.ts'
import { withScans } from './stats.ts'
import type { Threads } from './threads/index.ts'
import type { WriterStats } from './threads/indexes.ts'
import type { WriteQueue } from './write-queue.ts'

/** What the server is made of, as far as it is counted. */
interface Counted {
  readonly collections: Collections
  readonly queue: WriteQueue
  readonly threads: Threads
}

/** What the server counts; `text` is what Prometheus reads. Base units: seconds, bytes. */
export interface Metrics {
  /** A request of this route (`POST /collections/NAME/search`) was answered, so long after its body was there. */
  answered(route: string, status: number, seconds: number): void
  text(of: Counted): Promise<string>
  close(): void
}

/** Route → the histogram that its requests count into. */
const KINDS: Readonly<Record<string, 'search' | 'write'>> = {
  'POST /collections/NAME/search': 'search',
  'POST /collections/NAME/upsert': 'write',
  'POST /collections/NAME/delete': 'write',
}

export const createMetrics = (): Metrics => {
  const requests = new Map<string, Map<number, number>>()
  const seconds = { search: createHistogram(), write: createHistogram() }
  const lag = watchLag()
  return {
    answered: (route, status, took) => {
      const counts = requests.get(route) ?? new Map<number, number>()
      requests.set(route, counts.set(status, (counts.get(status) ?? 0) + 1))
      const kind = KINDS[route]
      if (kind) seconds[kind].add(took)
    },
    close: lag.close,
    text: async (of) => {
      const written = await of.threads.writer.ask('stats')
      return [
        family('hnsw_build_info', 'gauge', 'The engine and what runs it.', [
          [labels({ version: ENGINE_VERSION, node: versions.node, platform, arch }), 1],
        ]),
        family(
          'hnsw_requests_total',
          'counter',
          'Requests answered.',
          [...requests].flatMap(([route, counts]) =>
            [...counts].map(([status, n]) => [labels({ route, status }), n] as const),
          ),
        ),
        histogram(
          'hnsw_search_seconds',
          'From the body of a search to its answer.',
          seconds.search.state,
        ),
        histogram(
          'hnsw_write_seconds',
          'From the body of an upsert or delete to its answer.',
          seconds.write.state,
        ),
        histogram(
          'hnsw_event_loop_delay_seconds',
          'How late timers come in the thread that has the connections.',
          lag.state,
        ),
        ...ofThreads(of),
        ...ofWriter(written),
        ...(await ofCollections(of, written)),
        ...ofProcess(),
      ].join('')
    },
  }
}

const ofThreads = ({ queue, threads: { writer, searchers } }: Counted): string[] => {
  const main = performance.eventLoopUtilization().active / 1000
  const busy = { main, writer: writer.busy() }
  const others = (searchers?.busy() ?? []).map((seconds, i) => [`search-${i}`, seconds] as const)
  return [
    one('hnsw_write_queue_requests', 'gauge', 'Writes not answered yet.', queue.requests),
    one('hnsw_write_queue_bytes', 'gauge', 'Bodies of writes not answered yet.', queue.bytes),
    one('hnsw_writer_waiting', 'gauge', 'Calls that the writer has not answered.', writer.waiting),
    one(
      'hnsw_searchers_waiting',
      'gauge',
      'Questions that threads which search have not answered.',
      searchers?.waiting ?? 0,
    ),
    family(
      'hnsw_thread_busy_seconds_total',
      'counter',
      'Time in which the event loop of a thread had work.',
      [...Object.entries(busy), ...others].map(([thread, n]) => [labels({ thread }), n]),
    ),
  ]
}

const ofWriter = ({ compactions, failures, slices, applying }: WriterStats): string[] => [
  histogram('hnsw_apply_seconds', 'How long an upsert or delete was applied.', applying),
  one('hnsw_compactions_total', 'counter', 'Compactions done.', compactions),
  one('hnsw_compaction_failures_total', 'counter', 'Compactions that failed.', failures),
  histogram('hnsw_compaction_slice_seconds', 'How long a slice held the writer.', slices),
]

const ofCollections = async (
  { collections, threads }: Counted,
  written: WriterStats,
): Promise<string[]> => {
  // A collection may have come or gone since the writer was asked.
  const there = collections
    .list()
    .collections.map(collections.find)
    .filter(({ number }) => written.collections.has(number))
  const stats = await Promise.all(
    there.map(async (held) => ({
      name: labels({ collection: held.name }),
      ...(await withScans(written.collections.get(held.number)!, held, threads)),
    })),
  )
  const each = (
    key: 'live' | 'tombstones' | 'hot' | 'bytes' | 'scans',
    name: string,
    help: string,
  ) =>
    family(
      name,
      name.endsWith('_total') ? 'counter' : 'gauge',
      help,
      stats.map((one) => [one.name, one[key]]),
    )
  return [
    one('hnsw_collections', 'gauge', 'Collections held.', there.length),
    each('live', 'hnsw_live_rows', 'Rows that searches can return.'),
    each('tombstones', 'hnsw_tombstones', 'Rows deleted or replaced and still in the graph.'),
    each('hot', 'hnsw_hot_rows', 'Rows found by exact scan that wait for their links.'),
    each('bytes', 'hnsw_index_bytes', 'Memory of the index.'),
    each('scans', 'hnsw_scans_total', 'Searches that measured every row.'),
  ]
}

const ofProcess = (): string[] => {
  const { user, system } = process.cpuUsage()
  const began = (performance.timeOrigin / 1000).toFixed(3)
  return [
    one('process_cpu_seconds_total', 'counter', 'Processor time.', (user + system) / 1e6),
    one('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss()),
    one('process_start_time_seconds', 'gauge', 'Start, since 1970.', Number(began)),
  ]
}
