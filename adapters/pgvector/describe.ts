import type { Collection, Facts } from '../../harness/model/index.ts'
import { once } from './connections.ts'
import { isPglite } from './engine.ts'
import { effortOf, type PgvectorOptions, parseIndex } from './options.ts'

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

/** Versions and effective configuration, as the server tells them; the address without user and password. */
export const describeServer = (
  url: string,
  options: PgvectorOptions,
  at?: Collection,
): Promise<Facts> =>
  once(url, async (ask) => {
    const [versions = []] = await ask(VERSIONS)
    const [values = []] = await ask(
      `SELECT ${SETTINGS.map((name) => `current_setting('${name}', true)`).join(', ')}`,
    )
    const settings = Object.fromEntries(SETTINGS.map((name, i) => [name, values[i] ?? null]))
    const [server, version, extension] = versions
    const pglite = isPglite(versions)
    // A collection of durability disk or memory sets it; default leaves the server's.
    const commit =
      { disk: 'on', memory: 'off' }[at?.durability ?? ''] ?? settings.synchronous_commit
    return {
      system: pglite ? 'PGlite' : 'PostgreSQL',
      version: version ?? null,
      pgvector: extension ?? null,
      server: server ?? null,
      address: addressOf(url),
      transport: 'PostgreSQL wire protocol 3, simple queries, vectors as text',
      acknowledgement: 'committed',
      durability: durabilityOf(pglite, settings.fsync, commit),
      ...settings,
      synchronous_commit: commit ?? null,
      ...(at ? describeCollection(options, at) : {}),
      ...(pglite ? PGLITE : {}),
    }
  })

const VERSIONS = `SELECT version(), current_setting('server_version'),
  (SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector')`

const PGLITE: Facts = {
  comparable: 'function only, not comparable',
  autovacuum: 'never runs (PGlite)',
  connections: 1,
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
    metric: at.metric,
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
  }
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
