import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Collection, Launched, Stored } from '../../harness/model/index.ts'
import { stream } from '../../harness/model/index.ts'
import { skipLive } from '../live.fixture.ts'
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
export const signal = new AbortController().signal
export const DIMENSIONS = 16

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

export const collection = (name: string, more: Partial<Collection> = {}): Collection => ({
  name,
  dimensions: DIMENSIONS,
  metric: 'l2',
  index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 20 },
  consistency: 'default',
  durability: 'default',
  connections: 4,
  ...more,
})

const rng = stream(1, 'postgres', 'live')
export const randomVector = (): Float32Array =>
  Float32Array.from({ length: DIMENSIONS }, rng.normal)

export const randomRows = (count: number, version = 0): readonly Stored[] =>
  Array.from({ length: count }, (_, id) => ({ id, version, vector: randomVector() }))

export async function* batchesOf(rows: readonly Stored[]): AsyncGenerator<readonly Stored[]> {
  for (let i = 0; i < rows.length; i += 500) yield rows.slice(i, i + 500)
}
