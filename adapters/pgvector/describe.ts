import { type Collection, differing, type Facts } from '../../harness/model/index.ts'
import { once, type Rows } from './connections.ts'
import { effortOf, type Index, type PgvectorOptions, parseIndex } from './options.ts'
import * as schema from './schema.ts'
import { OURS } from './settings.ts'
import { isPglite, objection, VERSIONS } from './version.ts'

/** Told whatever their value. */
const ALWAYS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'maintenance_work_mem',
  'max_parallel_maintenance_workers',
  'autovacuum',
  'autovacuum_vacuum_threshold',
  'autovacuum_vacuum_scale_factor',
  'autovacuum_naptime',
] as const

/** Settings that name places, languages and time zones, and change no answer and no speed. */
const ASIDE =
  '^(lc_|log_timezone|timezone|datestyle|default_text_search_config|application_name|client_encoding|port$)'

/**
 * Every setting that is not what PostgreSQL ships with, and where it was set. What initdb writes into each new cluster
 * because of the machine counts too: a server differs by it.
 */
const CHANGED = `SELECT name, current_setting(name), source, boot_val || coalesce(' × ' || unit, '') FROM pg_settings
WHERE setting IS DISTINCT FROM boot_val AND source NOT IN ('default', 'override', 'client', 'session')
  AND lower(name) !~ '${ASIDE}'
ORDER BY name`

/** Versions and effective configuration, as the server tells them; the address without user and password. */
export const describeServer = (
  url: string,
  options: PgvectorOptions,
  at?: Collection,
): Promise<Facts> =>
  once(url, async (ask) => {
    const [versions = []] = await ask(VERSIONS)
    const settings = await settingsOf(ask)
    const pglite = isPglite(versions)
    const against = objection(versions)
    const [server, version, extension] = versions
    // A collection of durability disk or memory sets it; default leaves the server's.
    const commit = schema.COMMIT[at?.durability ?? ''] ?? settings.synchronous_commit
    return {
      system: pglite ? 'PGlite' : 'PostgreSQL',
      version: version ?? null,
      pgvector: extension ?? null,
      server: server ?? null,
      address: addressOf(url),
      transport: 'PostgreSQL wire protocol 3, simple queries, vectors as text',
      acknowledgement: 'searchable: committed, every later search finds it',
      durability: durabilityOf(pglite, options.inMemory, settings.fsync, commit),
      consistency: 'latest: one server, each search a statement of its own',
      ...(against === null ? {} : { comparable: against }),
      ...settings,
      synchronous_commit: commit ?? null,
      ...(at?.durability === 'memory'
        ? differing('synchronous_commit', 'off', 'on', "the scenario's durability")
        : {}),
      ...(at ? describeCollection(options, at) : {}),
      ...(at ? await builtIndex(ask, at.name) : {}),
      ...(pglite ? PGLITE : {}),
    }
  })

const PGLITE: Facts = {
  autovacuum: 'never runs (PGlite)',
  connections: 1,
  ...differing('pg.Pool max', 1, 10, 'PGlite has one backend'),
}

type Ask = (text: string) => Promise<Rows>

const settingsOf = async (ask: Ask): Promise<Facts> => {
  const [always = []] = await ask(
    `SELECT ${ALWAYS.map((name) => `current_setting('${name}', true)`).join(', ')}`,
  )
  const told = (text: unknown): string => (text === '' ? 'empty' : `${text}`)
  const changed = (await ask(CHANGED)).map(([name, value, source, shipped]) =>
    differing(`${name}`, told(value), told(shipped), reasonFor(`${name}`, `${source}`)),
  )
  return Object.assign(
    Object.fromEntries(ALWAYS.map((name, i) => [name, always[i] ?? null])),
    ...changed,
  )
}

/** A setting of the command line is driftmark's, or a person's who gave it to the launch; of the others the server tells the place. */
const reasonFor = (name: string, source: string): string => {
  const ours = OURS.find((one) => one.name === name)
  if (source === 'command line' && ours) return ours.why
  return source === 'command line' ? 'given when it was launched' : `from its ${source}`
}

const describeCollection = (options: PgvectorOptions, at: Collection): Facts => {
  const index = parseIndex(at.index)
  const { kind, ...parameters } = index
  const named = Object.entries(parameters).map(([name, value]) => [`index.${name}`, value])
  return {
    index: kind,
    ...Object.fromEntries(named),
    effort: effortOf(options, index) ?? 'server default',
    iterativeScan: options.iterativeScan,
    quantization: options.quantization,
    ...(options.quantization === 'bit' ? { oversampling: options.oversampling } : {}),
    settle: options.settle,
    compact: options.compact,
    metric: at.metric,
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
    ...chosen(options, at, index),
  }
}

/** What the scenario or the target wants otherwise than pgvector and its client would have it (pgvector 0.8, pg 8). */
const chosen = (options: PgvectorOptions, at: Collection, index: Index): Facts => {
  const scenario = "the scenario's index"
  const effort = effortOf(options, index)
  const asked = options.ef === null ? scenario : 'option ef'
  const own = Object.entries(options.autovacuum ?? {}).map(([name, value]) =>
    differing(`autovacuum of the table: ${name}`, `${value}`, "the server's", 'option autovacuum'),
  )
  return Object.assign(
    index.kind === 'hnsw'
      ? {
          ...differing('hnsw.m', index.m, 16, scenario),
          ...differing('hnsw.ef_construction', index.efConstruction, 64, scenario),
          ...differing('hnsw.ef_search', effort ?? 40, 40, asked),
          ...differing('hnsw.iterative_scan', options.iterativeScan, 'off', 'option iterativeScan'),
        }
      : {},
    index.kind === 'ivf-flat' ? differing('ivfflat.probes', effort ?? 1, 1, asked) : {},
    differing('quantization', options.quantization, 'none', 'option quantization'),
    differing(
      'pg.Pool max',
      options.pool ?? at.connections,
      10,
      options.pool === null ? "the scenario's connections" : 'option pool',
    ),
    ...own,
  )
}

/** The index as the server has it, once it is there: its definition, to the parameter. */
const builtIndex = async (ask: Ask, name: string): Promise<Facts> => {
  const built = await ask(schema.indexes(name))
  if (built.length === 0) return {}
  const definitions = built.map(([, definition]) => `${definition}`.replace(/^.* USING /, ''))
  return { 'index as understood': definitions.join('; ') }
}

const durabilityOf = (
  pglite: boolean,
  inMemory: boolean,
  fsync: unknown,
  commit: unknown,
): string => {
  if (pglite) return 'memory: PGlite, which keeps nothing'
  if (inMemory)
    return 'memory: the folder of the server lies there (tmpfs), a flush reaches no disk'
  if (fsync === 'off') return 'memory: fsync is off'
  return commit === 'off'
    ? 'memory: the log reaches the disk some time after the acknowledgement'
    : 'disk: the log is flushed at commit'
}

/** Host, port and database. */
const addressOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return host + pathname
}
