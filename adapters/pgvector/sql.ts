import type { Id, Metric, Stored } from '../../harness/model/index.ts'
import type { Index } from './options.ts'

/*
 * Every statement carries its values as literals and goes out as one message of the simple query protocol. PGlite
 * behind a socket is one backend that takes message by message from all its connections: the messages of an extended
 * query (parse, bind, execute) of two connections would mix. Several statements in one message are one transaction.
 * A real server plans such a statement anew each time, as it does an unnamed prepared one: a growing table is never
 * asked by the plan of a small one.
 */

const OPERATOR = { l2: '<->', cosine: '<=>', ip: '<#>' } as const satisfies Record<Metric, string>
const OPERATOR_CLASS = {
  l2: 'vector_l2_ops',
  cosine: 'vector_cosine_ops',
  ip: 'vector_ip_ops',
} as const satisfies Record<Metric, string>
const EFFORT = { hnsw: 'hnsw.ef_search', 'ivf-flat': 'ivfflat.probes' } as const

/** Serialises creations: two engines of one collection may be opened at once. The number is arbitrary. */
const CREATION_LOCK = 7_305_213

/** A name as an identifier; names hold no quotes (checkName). */
export const identifier = (name: string): string => `"${name}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const regclass = (name: string): string => `to_regclass('${identifier(name)}')`

/** pgvector's text form; a float32 printed as a double reads back as the same float32. */
export const vectorText = (vector: Float32Array): string => `[${vector.join(',')}]`

export const createIndex = (name: string, index: Index, metric: Metric): string => {
  if (index.kind === 'exact') return ''
  const column = `(embedding ${OPERATOR_CLASS[metric]})`
  const method =
    index.kind === 'hnsw'
      ? `hnsw ${column} WITH (m = ${index.m}, ef_construction = ${index.efConstruction})`
      : `ivfflat ${column} WITH (lists = ${index.lists})`
  return `CREATE INDEX ON ${identifier(name)} USING ${method};`
}

export const createExtension = `
  SELECT pg_advisory_xact_lock(${CREATION_LOCK});
  CREATE EXTENSION IF NOT EXISTS vector`

/** Table and index, if there is neither a table nor a view (an alias) of that name. */
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
    ${createIndex(name, index, metric)}
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

export const upsert = (name: string, rows: readonly Stored[]): string =>
  `INSERT INTO ${identifier(name)} (id, version, embedding) VALUES ${rows
    .map(({ id, version, vector }) => `(${id},${version},'${vectorText(vector)}')`)
    .join(',')}
  ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, embedding = EXCLUDED.embedding`

export const remove = (name: string, ids: readonly Id[]): string =>
  `DELETE FROM ${identifier(name)} WHERE id = ANY('{${ids.join(',')}}'::bigint[])`

export const get = (name: string, ids: readonly Id[]): string =>
  `SELECT id, version FROM ${identifier(name)} WHERE id = ANY('{${ids.join(',')}}'::bigint[])`

export const count = (name: string): string => `SELECT count(*) FROM ${identifier(name)}`

export interface Ask {
  readonly name: string
  readonly metric: Metric
  readonly kind: Index['kind']
  readonly vector: Float32Array
  readonly k: number
  /** hnsw.ef_search or ivfflat.probes of this statement alone. */
  readonly effort?: number | undefined
}

/**
 * Nearest first. The effort is set where the statement computes what it orders by: the executor does that before the
 * index scan begins, and `is_local` ends the setting with the statement's own transaction. One round trip, no leak to
 * the next search, nor to the other connections of PGlite's one backend.
 */
export const search = ({ name, metric, kind, vector, k, effort }: Ask): string => {
  const target = `'${vectorText(vector)}'::vector`
  const asked =
    effort === undefined || kind === 'exact'
      ? target
      : `(SELECT ${target} FROM set_config('${EFFORT[kind]}', '${effort}', true))`
  return `SELECT id, version FROM ${identifier(name)} ORDER BY embedding ${OPERATOR[metric]} ${asked} LIMIT ${k}`
}

/** The same, ordered by an expression that no index holds. */
export const exactSearch = ({ name, metric, vector, k }: Omit<Ask, 'kind' | 'effort'>): string =>
  `SELECT id, version FROM ${identifier(name)}
  ORDER BY (embedding ${OPERATOR[metric]} '${vectorText(vector)}'::vector) + 0 LIMIT ${k}`

export const pointAlias = (alias: string, name: string): string =>
  `CREATE OR REPLACE VIEW ${identifier(alias)} AS
  SELECT id, version, embedding FROM ${identifier(name)}`

/** For a collection of other dimensions: one message, hence one transaction. */
export const renewAlias = (alias: string, name: string): string =>
  `DROP VIEW ${identifier(alias)}; ${pointAlias(alias, name)}`

export const drop = (name: string, kind: string): string =>
  `DROP ${kind === 'v' ? 'VIEW' : 'TABLE'} IF EXISTS ${identifier(name)} CASCADE`

/** One row of numbers, in the order of STATS; none for a view. */
export const STATS = [
  'rows_live',
  'rows_dead',
  'vacuums',
  'autovacuums',
  'analyzes',
  'table_bytes',
  'index_bytes',
] as const
export const stats = (name: string): string =>
  `SELECT n_live_tup, n_dead_tup, vacuum_count, autovacuum_count, analyze_count + autoanalyze_count,
    pg_table_size(relid), (SELECT coalesce(sum(pg_relation_size(indexrelid)), 0) FROM pg_index
      WHERE indrelid = relid AND NOT indisprimary)
  FROM pg_stat_user_tables WHERE relid = ${regclass(name)}`

/** What a connection is set to before its first request. */
export const session = (
  kind: Index['kind'],
  ef: number | undefined,
  iterativeScan: string,
  durability: string,
): string =>
  [
    kind !== 'exact' && ef !== undefined ? `SET ${EFFORT[kind]} = ${ef}` : '',
    kind === 'hnsw' && iterativeScan !== 'off' ? `SET hnsw.iterative_scan = ${iterativeScan}` : '',
    durability === 'default' ? '' : `SET synchronous_commit = ${SYNC[durability]}`,
  ]
    .filter((statement) => statement !== '')
    .join('; ')
const SYNC: Readonly<Record<string, string>> = { disk: 'on', memory: 'off' }

/** One setting; an empty row where the server has none of that name. */
export const setting = (name: string): string => `current_setting(${literal(name)}, true)`
