import { IN_MEMORY } from '../tmpfs.ts'
import type { Rows } from './connections.ts'
import { refuseOption } from './options.ts'

/** One row: the server in full, its version, pgvector's, and whether it forces what it acknowledges to the disk. */
export const VERSIONS = `SELECT version(), current_setting('server_version'),
  (SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'),
  current_setting('fsync')`

type Versions = Rows[number]

export const isPglite = ([server]: Versions): boolean => String(server).includes('PGlite')

/** The first that knows hnsw.iterative_scan, and the first whose VACUUM leaves an HNSW graph whole (its changelog: 0.8.3, 0.8.4). */
const LEAST = [0, 8, 0]
const SOUND = [0, 8, 4]

/** Refuses a server that cannot do what is asked: without pgvector, with one too old, or of a lower durability. */
export const checkServer = (versions: Versions, durability: string, inMemory = false): void => {
  const [, , pgvector, fsync] = versions
  if (pgvector === null || pgvector === undefined)
    throw refuseOption('url', 'the server has no extension "vector": install pgvector there')
  if (isBefore(`${pgvector}`, LEAST))
    throw refuseOption(
      'url',
      `the server has pgvector ${pgvector}; ${LEAST.join('.')} or later is needed`,
    )
  if (durability !== 'disk') return
  if (isPglite(versions))
    throw refuseOption('durability', '"disk" is not offered by PGlite, which keeps all in memory')
  if (fsync === 'off')
    throw refuseOption('durability', '"disk" is not offered by this server: its fsync is off')
  if (inMemory) throw refuseOption('durability', IN_MEMORY)
}

/** What stands against comparing this server's numbers with another's; null if nothing is known. */
export const objection = (versions: Versions): string | null => {
  if (isPglite(versions)) return 'function only, not comparable'
  const [, , pgvector] = versions
  return isBefore(`${pgvector}`, SOUND)
    ? `not comparable: VACUUM of pgvector ${pgvector} can damage an HNSW graph; ${SOUND.join('.')} repairs that`
    : null
}

const isBefore = (version: string, than: readonly number[]): boolean => {
  const parts = version.split('.').map(Number)
  const at = than.findIndex((part, i) => (parts[i] ?? 0) !== part)
  return at >= 0 && (parts[at] ?? 0) < than[at]!
}
