import type { Metric } from '../../harness/model/index.ts'
import type { Index } from './options.ts'
import { EFFORT, identifier } from './sql.ts'

const OPERATOR_CLASS = {
  l2: 'vector_l2_ops',
  cosine: 'vector_cosine_ops',
  ip: 'vector_ip_ops',
} as const satisfies Record<Metric, string>

/** Serialises creations, since a collection is opened twice, perhaps at once. The number is arbitrary. */
const CREATION_LOCK = 7_305_213

const regclass = (name: string): string => `to_regclass('${identifier(name)}')`

/** The server names the index: a name derived from ours could exceed 63 bytes. Empty for exact search. */
export const createIndex = (name: string, index: Index, metric: Metric): string => {
  if (index.kind === 'exact') return ''
  const column = `(embedding ${OPERATOR_CLASS[metric]})`
  const method =
    index.kind === 'hnsw'
      ? `hnsw ${column} WITH (m = ${index.m}, ef_construction = ${index.efConstruction})`
      : `ivfflat ${column} WITH (lists = ${index.lists})`
  return `CREATE INDEX ON ${identifier(name)} USING ${method}`
}

export const createExtension = `SELECT pg_advisory_xact_lock(${CREATION_LOCK});
CREATE EXTENSION IF NOT EXISTS vector`

/** Table and index, unless there is a table, or a view (an alias), of that name. */
export const createTable = (
  name: string,
  dimensions: number,
  metric: Metric,
  index: Index,
): string => `DO $create$ BEGIN
  PERFORM pg_advisory_xact_lock(${CREATION_LOCK});
  IF ${regclass(name)} IS NULL THEN
    CREATE TABLE ${identifier(name)}
      (id bigint PRIMARY KEY, version integer NOT NULL, embedding vector(${dimensions}) NOT NULL);
    ${createIndex(name, index, metric) || 'NULL'};
  END IF;
END $create$`

/** Kind of relation (r table, v view) and dimensions; no row if there is none. */
export const relation = (name: string): string =>
  `SELECT c.relkind, a.atttypmod FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'embedding'
WHERE c.oid = ${regclass(name)}`

/** Names of the vector indexes, quoted as need be. */
export const indexes = (name: string): string =>
  `SELECT indexrelid::regclass::text FROM pg_index
WHERE indrelid = ${regclass(name)} AND NOT indisprimary`

/** The columns of `stats`, by the names that gauges have. */
export const STATS = [
  'rows_live',
  'rows_dead',
  'vacuums',
  'autovacuums',
  'analyzes',
  'table_bytes',
  'index_bytes',
] as const

/** One row in the order of STATS; none for a view. A backend reports its counts about once a second. */
export const stats = (name: string): string =>
  `SELECT n_live_tup, n_dead_tup, vacuum_count, autovacuum_count, analyze_count + autoanalyze_count,
  pg_table_size(relid),
  (SELECT coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint FROM pg_index
   WHERE indrelid = relid AND NOT indisprimary)
FROM pg_stat_user_tables WHERE relid = ${regclass(name)}`

export const pointAlias = (alias: string, name: string): string =>
  `CREATE OR REPLACE VIEW ${identifier(alias)} AS
SELECT id, version, embedding FROM ${identifier(name)}`

/** For a collection of other dimensions. One message is one transaction: the alias is never absent. */
export const renewAlias = (alias: string, name: string): string =>
  `DROP VIEW ${identifier(alias)};\n${pointAlias(alias, name)}`

/** `kind` as `relation` tells it. Aliases that point at a table go with it. */
export const drop = (name: string, kind: string): string =>
  `DROP ${kind === 'v' ? 'VIEW' : 'TABLE'} IF EXISTS ${identifier(name)} CASCADE`

const COMMIT: Readonly<Record<string, string>> = { disk: 'on', memory: 'off' }

/**
 * What a connection is set to before its first request; the planner reckons with the effort set here. On PGlite the
 * last engine opened sets it for all: the target's options are the same for all, and a search brings its own effort.
 */
export const session = ({
  kind,
  effort,
  iterativeScan,
  durability,
}: {
  readonly kind: Index['kind']
  readonly effort: number | undefined
  readonly iterativeScan: string
  readonly durability: string
}): string => {
  const settings = []
  if (kind !== 'exact' && effort !== undefined) settings.push(`SET ${EFFORT[kind]} = ${effort}`)
  if (kind === 'hnsw') settings.push(`SET hnsw.iterative_scan = ${iterativeScan}`)
  if (durability in COMMIT) settings.push(`SET synchronous_commit = ${COMMIT[durability]}`)
  return settings.join('; ')
}
