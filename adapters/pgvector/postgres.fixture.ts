import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Collection, Launched } from '../../harness/model/index.ts'
import { skipLive } from '../live.fixture.ts'
import { drawnFor, collection as small } from '../rows.fixture.ts'
import { findBinaries } from './binaries.ts'
import type { PgvectorOptions } from './options.ts'
import { adapter } from './postgres.ts'

const missing = (): string | null => {
  try {
    findBinaries()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Why tests against a real PostgreSQL are skipped here, or false. */
export const skip = skipLive('postgres', missing())

export const clock = { now: () => performance.now() * 1000 }
export const { randomRows, randomVector } = drawnFor('postgres')

/** A real server that ends with the test, below a folder of its own. */
export const launched = async (
  t: Pick<TestContext, 'after'>,
  options?: unknown,
): Promise<Launched<PgvectorOptions> & { readonly dir: string }> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-live-'))
  const server = await adapter.launch!(dir, options)
  t.after(async () => {
    await server.stop()
    await rm(dir, { recursive: true })
  })
  return { ...server, dir }
}

export const collection = (name: string, more: Partial<Collection> = {}): Collection =>
  small(name, { index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 20 }, ...more })
