import type { Index, PgvectorOptions } from './options.ts'
import { identifier, indexed, type Shape } from './shape.ts'
import { EFFORT } from './sql.ts'

/** Serialises creations, since a collection is opened twice, perhaps at once. The number is arbitrary. */
const CREATION_LOCK = 7_305_213

const regclass = (name: string): string => `to_regclass('${identifier(name)}')`

/** The server names the index: a name derived from ours could exceed 63 bytes. Empty for exact search. */
export const createIndex = (shape: Shape): string => {
  const { name, index } = shape
  if (index.kind === 'exact') return ''
  const { of, operatorClass } = indexed(shape)
  const expression = of('embedding')
  const column = `(${expression === 'embedding' ? expression : `(${expression})`} ${operatorClass})`
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
  shape: Shape,
  autovacuum: PgvectorOptions['autovacuum'],
): string => `DO $create$ BEGIN
  PERFORM pg_advisory_xact_lock(${CREATION_LOCK});
  IF ${regclass(shape.name)} IS NULL THEN
    CREATE TABLE ${identifier(shape.name)}
      (id bigint PRIMARY KEY, version integer NOT NULL, embedding vector(${shape.dimensions}) NOT NULL)
      ${storage(autovacuum)};
    ${createIndex(shape) || 'NULL'};
  END IF;
END $create$`

const PARAMETERS = {
  enabled: 'autovacuum_enabled',
  scaleFactor: 'autovacuum_vacuum_scale_factor',
  threshold: 'autovacuum_vacuum_threshold',
  costDelay: 'autovacuum_vacuum_cost_delay',
  costLimit: 'autovacuum_vacuum_cost_limit',
} as const

/** The table's own autovacuum settings, which go before the server's. */
const storage = (autovacuum: PgvectorOptions['autovacuum']): string => {
  const given = Object.entries(autovacuum ?? {}).map(
    ([name, value]) => `${PARAMETERS[name as keyof typeof PARAMETERS]} = ${value}`,
  )
  return given.length === 0 ? '' : `WITH (${given.join(', ')})`
}

/** Kind of relation (r table, v view) and dimensions; no row if there is none. */
export const relation = (name: string): string =>
  `SELECT c.relkind, a.atttypmod FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'embedding'
WHERE c.oid = ${regclass(name)}`

/** Vector indexes of a table, or of the one that an alias points at: name (quoted as need be), definition, whether searches may use it. */
export const indexes = (name: string): string =>
  `SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), (indisvalid AND indisready)::int FROM pg_index
WHERE indrelid = ${table(name)} AND NOT indisprimary`

/** The oid of the table that a name means: itself, or what an alias points at. */
const table = (name: string): string =>
  `coalesce((SELECT d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
  WHERE r.ev_class = ${regclass(name)} AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class LIMIT 1), ${regclass(name)})`

export const pointAlias = (alias: string, name: string): string =>
  `CREATE OR REPLACE VIEW ${identifier(alias)} AS
SELECT id, version, embedding FROM ${identifier(name)}`

/** For a collection of other dimensions. One message is one transaction: the alias is never absent. */
export const renewAlias = (alias: string, name: string): string =>
  `DROP VIEW ${identifier(alias)};\n${pointAlias(alias, name)}`

/** `kind` as `relation` tells it. Aliases that point at a table go with it. */
export const drop = (name: string, kind: string): string =>
  `DROP ${kind === 'v' ? 'VIEW' : 'TABLE'} IF EXISTS ${identifier(name)} CASCADE`

/** synchronous_commit by durability; `default` leaves the server's. */
export const COMMIT: Readonly<Record<string, string>> = { disk: 'on', memory: 'off' }

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
