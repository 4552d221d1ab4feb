/** What a gauge of an engine is, in plain words, by its name; the first explain most of why recall or freshness moves. */
type Words = Readonly<Record<string, string>>

/** Of the process, wherever this run launched it. */
const PROCESS: Words = {
  cpu: 'processors that the engine’s process uses, in cores',
  rss: 'memory of the engine’s process, bytes',
}

const PGVECTOR: Words = {
  rows_dead:
    'dead rows: deleted or replaced, yet in the graph, where they take places of ef_search',
  rows_live: 'live rows, by the server’s estimate',
  vacuum_running: 'a VACUUM of the table runs',
  vacuum_in_indexes: 'a VACUUM is at the indexes, repairing the graph',
  index_build_running: 'an index of the table is being built',
  vacuums: 'VACUUMs that were asked for, since the start',
  autovacuums: 'VACUUMs that the server began by itself',
  analyzes: 'ANALYZEs, asked for or not: fresh statistics for the planner',
  index_bytes: 'bytes of the vector indexes',
  table_bytes: 'bytes of the table, dead rows included',
  wal_bytes: 'bytes written to the write-ahead log, of the whole server',
  vacuum_heap_share: 'share of the table that the running VACUUM has read',
  index_build_share: 'share of the index build that is done',
}

/** By the name of the adapter; of one that is not here, and of a name that is not, the name alone is shown. */
export const GAUGES: Readonly<Record<string, Words>> = {
  hnsw: {
    tombstones: 'tombstones: deleted or replaced rows that the graph still leads through',
    compacting: 'tombstones are being taken out',
    compactions: 'times that the tombstones were taken out',
    scans: 'searches that the links led to too few rows, and that measured every row instead',
    grown: 'rows stored since the last compaction began',
    hot: 'rows that wait for their links, found by exact scan meanwhile',
    live: 'live rows',
    segments: 'segments: each search asks all of them',
    layers: 'layers of the graph',
    bytes: 'bytes of the index',
  },
  pgvector: PGVECTOR,
  postgres: PGVECTOR,
  qdrant: {
    rows_unindexed: 'rows in no graph yet: found by scanning their segments',
    rows_dead: 'deleted rows, cut out of the graph until their segment is built anew',
    rows_deferred: 'rows hidden from searches until they are indexed',
    update_queue: 'writes that wait to be applied',
    optimizations_running: 'optimizations that run: building, merging or vacuuming segments',
    optimizations_queued: 'optimizations that wait',
    segments: 'segments: each search asks all of them',
    segments_queued: 'segments that wait for an optimization',
    rows_queued: 'rows in segments that wait for an optimization',
    rows_indexed: 'rows in a graph',
    rows_live: 'live rows',
  },
  milvus: {
    rows_growing: 'rows of growing segments: searched by brute force, in no index yet',
    rows_pending: 'rows of sealed segments that wait for their index',
    rows_indexed: 'rows that an index holds',
    rows_sealed: 'rows of sealed segments',
    segments_growing: 'growing segments',
    log_bytes: 'bytes of the log since the last flush: its rows are searched by brute force',
    segments: 'sealed segments: each search asks all of them',
    segments_indexed: 'segments with their index; the others are searched by brute force',
    index_bytes: 'bytes of the indexes',
    segment_bytes: 'bytes of the segments',
  },
  sim: {
    pending: 'writes that are acknowledged, and wait for their time to be shown',
    unreachable: 'rows that the simulated index has lost sight of',
    ghosts: 'deleted rows that are returned all the same',
    stale: 'replaced rows that are returned all the same',
    returned: 'rows that came back after they had been deleted',
    searchable: 'rows that a search can return',
    rows: 'live rows',
    turnover: 'writes since the start or the last compaction, over live rows',
  },
}

/** Words of a gauge of an adapter; its name where there are none. */
export const gaugeWords = (adapter: string, gauge: string): string =>
  Object.entries(wordsOf(adapter)).find(([name]) => name === gauge)?.[1] ?? gauge

const wordsOf = (adapter: string): Words => ({
  ...(Object.hasOwn(GAUGES, adapter) ? GAUGES[adapter]! : {}),
  ...PROCESS,
})

/** Names of gauges, those that explain most first; unknown ones after them, as they come. */
export const byWeight = (adapter: string, gauges: readonly string[]): readonly string[] => {
  const order = Object.keys(wordsOf(adapter))
  const place = (gauge: string): number => {
    const at = order.indexOf(gauge)
    return at < 0 ? order.length : at
  }
  return [...gauges].sort((a, b) => place(a) - place(b))
}
