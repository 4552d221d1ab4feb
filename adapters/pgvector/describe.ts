import type { Collection, Facts } from '../../harness/model/index.ts'
import { once, type Rows } from './connections.ts'
import { effortOf, type PgvectorOptions, parseIndex } from './options.ts'
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
      acknowledgement: 'committed: every later search finds it',
      durability: durabilityOf(pglite, settings.fsync, commit),
      ...(against === null ? {} : { comparable: against }),
      ...settings,
      synchronous_commit: commit ?? null,
      ...(at ? describeCollection(options, at) : {}),
      ...(at ? await builtIndex(ask, at.name) : {}),
      ...(pglite ? { autovacuum: 'never runs (PGlite)', connections: 1 } : {}),
    }
  })

type Ask = (text: string) => Promise<Rows>

const settingsOf = async (ask: Ask): Promise<Record<string, string | number | null>> => {
  const [always = []] = await ask(
    `SELECT ${ALWAYS.map((name) => `current_setting('${name}', true)`).join(', ')}`,
  )
  const changed = (await ask(CHANGED)).map(([name, value, source, shipped]) => [
    `setting ${name}`,
    `${value} (${reasonFor(`${name}`, `${source}`)}; shipped: ${shipped === '' ? 'empty' : shipped})`,
  ])
  return {
    ...Object.fromEntries(ALWAYS.map((name, i) => [name, always[i] ?? null])),
    ...Object.fromEntries(changed),
  }
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
  const own = Object.entries(options.autovacuum ?? {}).map(([name, value]) => [
    `autovacuum of the table: ${name}`,
    value,
  ])
  return {
    index: kind,
    ...Object.fromEntries(named),
    effort: effortOf(options, index) ?? 'server default',
    iterativeScan: options.iterativeScan,
    quantization: options.quantization,
    ...(options.quantization === 'bit' ? { oversampling: options.oversampling } : {}),
    settle: options.settle,
    compact: options.compact,
    ...Object.fromEntries(own),
    metric: at.metric,
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
  }
}

/** The index as the server has it, once it is there: its definition, to the parameter. */
const builtIndex = async (ask: Ask, name: string): Promise<Facts> => {
  const built = await ask(schema.indexes(name))
  if (built.length === 0) return {}
  const definitions = built.map(([, definition]) => `${definition}`.replace(/^.* USING /, ''))
  return { 'index as built': definitions.join('; ') }
}

const durabilityOf = (pglite: boolean, fsync: unknown, commit: unknown): string => {
  if (pglite) return 'none (PGlite, fsync off, in memory)'
  if (fsync === 'off') return 'none (fsync off)'
  return commit === 'off' ? 'on disk some time after the acknowledgement' : 'on disk at commit'
}

/** Host, port and database. */
const addressOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return host + pathname
}
