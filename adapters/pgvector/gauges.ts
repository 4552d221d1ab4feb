import { identifier } from './shape.ts'

/**
 * The gauges of a collection, by name, each with what computes it. A backend reports its counts of rows about once a second.
 * `t` is the table's row in pg_stat_user_tables; `v` a VACUUM of it under way, `b` the build of an index of it, if there is one.
 */
export const GAUGES = {
  rows_live: 't.n_live_tup',
  rows_dead: 't.n_dead_tup',
  vacuums: 't.vacuum_count',
  autovacuums: 't.autovacuum_count',
  analyzes: 't.analyze_count + t.autoanalyze_count',
  table_bytes: 'pg_table_size(t.relid)',
  index_bytes: `(SELECT coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint FROM pg_index
  WHERE indrelid = t.relid AND NOT indisprimary)`,
  wal_bytes: `(pg_current_wal_insert_lsn() - '0/0')::bigint`,
  vacuum_running: 'count(v.pid)',
  vacuum_in_indexes: `count(v.pid) FILTER (WHERE v.phase IN ('vacuuming indexes', 'cleaning up indexes'))`,
  vacuum_heap_share: 'coalesce(max(v.heap_blks_scanned::float8 / nullif(v.heap_blks_total, 0)), 0)',
  index_build_running: 'count(b.pid)',
  index_build_share: `coalesce(max(greatest(b.blocks_done::float8 / nullif(b.blocks_total, 0),
  b.tuples_done::float8 / nullif(b.tuples_total, 0))), 0)`,
} as const

/** One row in the order of GAUGES; none for an alias. */
export const gauges = (name: string): string => `SELECT ${Object.values(GAUGES).join(',\n  ')}
FROM pg_stat_user_tables t
LEFT JOIN pg_stat_progress_vacuum v ON v.relid = t.relid
LEFT JOIN pg_stat_progress_create_index b ON b.relid = t.relid
WHERE t.relid = to_regclass('${identifier(name)}')
GROUP BY ${GROUPED.join(', ')}`

const GROUPED = [
  't.relid',
  't.n_live_tup',
  't.n_dead_tup',
  't.vacuum_count',
  't.autovacuum_count',
  't.analyze_count',
  't.autoanalyze_count',
]
