import { arch, platform, versions } from 'node:process'
import type { Collections } from './collections.ts'
import { ENGINE_VERSION } from './engine/index.ts'
import type { WriteQueue } from './write-queue.ts'

/** What the server counts; `text` is what Prometheus reads (text format 0.0.4). Base units: seconds, bytes. */
export interface Metrics {
  /** A request of this route (`POST /collections/NAME/search`) was answered, so long after its body was there. */
  answered(route: string, status: number, seconds: number): void
  /** A slice of a compaction held the thread so long. */
  compacting(seconds: number): void
  compacted(): void
  compactionFailed(): void
  text(collections: Collections, queue: WriteQueue): string
}

/** Upper ends of the buckets, in seconds. */
const BOUNDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10,
]

/** Route → the histogram that its requests count into. */
const KINDS: Readonly<Record<string, 'search' | 'write'>> = {
  'POST /collections/NAME/search': 'search',
  'POST /collections/NAME/upsert': 'write',
  'POST /collections/NAME/delete': 'write',
}

export const createMetrics = (): Metrics => {
  const requests = new Map<string, Map<number, number>>()
  const seconds = { search: createHistogram(), write: createHistogram() }
  const slices = createHistogram()
  let compactions = 0
  let failures = 0
  return {
    answered: (route, status, took) => {
      const counts = requests.get(route) ?? new Map<number, number>()
      requests.set(route, counts.set(status, (counts.get(status) ?? 0) + 1))
      const kind = KINDS[route]
      if (kind) seconds[kind].add(took)
    },
    compacting: slices.add,
    compacted: () => {
      compactions++
    },
    compactionFailed: () => {
      failures++
    },
    text: (collections, queue) =>
      [
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
        seconds.search.family('hnsw_search_seconds', 'From the body of a search to its answer.'),
        seconds.write.family(
          'hnsw_write_seconds',
          'From the body of an upsert or delete to its answer.',
        ),
        one('hnsw_write_queue_requests', 'gauge', 'Writes not answered yet.', queue.requests),
        one('hnsw_write_queue_bytes', 'gauge', 'Bodies of writes not answered yet.', queue.bytes),
        one('hnsw_compactions_total', 'counter', 'Compactions done.', compactions),
        one('hnsw_compaction_failures_total', 'counter', 'Compactions that failed.', failures),
        slices.family('hnsw_compaction_slice_seconds', 'How long a slice held the thread.'),
        ...ofCollections(collections),
        ...ofProcess(),
      ].join(''),
  }
}

const ofCollections = (collections: Collections): string[] => {
  const held = collections.list().collections.map((name) => {
    const { index } = collections.find(name)
    return { name: labels({ collection: name }), ...index.stats() }
  })
  const gauge = (key: 'live' | 'tombstones' | 'bytes' | 'scans', name: string, help: string) =>
    family(
      name,
      name.endsWith('_total') ? 'counter' : 'gauge',
      help,
      held.map((one) => [one.name, one[key]]),
    )
  return [
    one('hnsw_collections', 'gauge', 'Collections held.', held.length),
    gauge('live', 'hnsw_live_rows', 'Rows that searches can return.'),
    gauge('tombstones', 'hnsw_tombstones', 'Rows deleted or replaced and still in the graph.'),
    gauge('bytes', 'hnsw_index_bytes', 'Memory of the index.'),
    gauge('scans', 'hnsw_scans_total', 'Searches that measured every row.'),
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

type Kind = 'counter' | 'gauge' | 'histogram'
type Sample = readonly [labels: string, value: number, suffix?: string]

const family = (name: string, kind: Kind, help: string, samples: readonly Sample[]): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...samples.map(([labels, value, suffix = '']) => `${name}${suffix}${labels} ${value}`),
    '',
  ].join('\n')
const one = (name: string, kind: Kind, help: string, value: number): string =>
  family(name, kind, help, [['', value]])

/** Values are of the server's own making: routes, states, names of collections. None needs escaping. */
const labels = (of: Readonly<Record<string, string | number>>): string =>
  `{${Object.entries(of).map(([key, value]) => `${key}="${value}"`)}}`

interface Histogram {
  add(value: number): void
  family(name: string, help: string): string
}

const createHistogram = (): Histogram => {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0)
  let sum = 0
  return {
    add: (value) => {
      let i = 0
      while (i < BOUNDS.length && value > BOUNDS[i]!) i++
      counts[i]!++
      sum += value
    },
    family: (name, help) => {
      let below = 0
      const buckets = counts.map((count, i): Sample => {
        below += count
        return [labels({ le: BOUNDS[i] ?? '+Inf' }), below, '_bucket']
      })
      return family(name, 'histogram', help, [...buckets, ['', sum, '_sum'], ['', below, '_count']])
    },
  }
}
