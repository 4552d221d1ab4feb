import type { Collection, Facts } from '../../harness/model/index.ts'
import { once } from './connections.ts'
import { effortOf, isPglite } from './engine.ts'
import { type PgvectorOptions, parseIndex } from './options.ts'
import { setting } from './sql.ts'

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'shared_buffers',
  'maintenance_work_mem',
  'max_parallel_maintenance_workers',
  'autovacuum',
  'autovacuum_vacuum_scale_factor',
  'autovacuum_naptime',
] as const

/** Versions and effective configuration, as the server tells them; the URL without its password. */
export const describeServer = async (
  url: string,
  options: PgvectorOptions,
  at?: Collection,
): Promise<Facts> =>
  once(url, async (ask) => {
    const [versions] = await ask(`SELECT version(), current_setting('server_version'),
      (SELECT extversion FROM pg_extension WHERE extname = 'vector')`)
    const [values] = await ask(`SELECT ${SETTINGS.map(setting).join(', ')}`)
    const [full, version, extension] = versions!
    const pglite = isPglite([[full!]])
    const settings = Object.fromEntries(SETTINGS.map((name, i) => [name, values![i] ?? null]))
    return {
      system: pglite ? 'PGlite' : 'PostgreSQL',
      version: version!,
      pgvector: extension ?? null,
      server: String(full),
      address: addressOf(url),
      transport: 'PostgreSQL wire protocol 3, simple queries, vectors as text',
      acknowledgement: 'committed',
      iterativeScan: options.iterativeScan,
      ...settings,
      ...(at ? describeCollection(options, at) : {}),
      durability: durabilityOf(pglite, settings, at?.durability),
      ...(pglite
        ? { comparable: 'function only, not comparable', autovacuum: 'never runs (PGlite)' }
        : {}),
    }
  })

const describeCollection = (options: PgvectorOptions, at: Collection): Facts => {
  const { kind, ...parameters } = parseIndex(at.index)
  const named = Object.entries(parameters).map(([name, value]) => [`index.${name}`, value])
  return {
    index: kind,
    ...Object.fromEntries(named),
    effort: effortOf(options, parseIndex(at.index)) ?? null,
    metric: at.metric,
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
  }
}

const durabilityOf = (
  pglite: boolean,
  settings: Readonly<Record<string, unknown>>,
  asked = 'default',
): string => {
  if (pglite) return 'none (PGlite, fsync off, in memory)'
  if (settings.fsync === 'off') return 'none (fsync off)'
  const commit = { disk: 'on', memory: 'off' }[asked] ?? settings.synchronous_commit
  return commit === 'off' ? 'WAL written after the commit is acknowledged' : 'WAL on disk at commit'
}

/** Host, port and database: no user, no password, no parameters. */
const addressOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
