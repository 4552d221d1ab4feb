import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Collections, createCollections } from '../collections.ts'
import { exact, remove, upsert } from '../operations.ts'
import { writeHere } from '../threads/here.fixture.ts'
import { checkpoint } from './checkpoint.ts'
import { openStore, type StoreOptions } from './store.ts'

/** A folder for one test, removed after it. */
export const withFolder = async (use: (dir: string) => Promise<void>): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-store-'))
  try {
    await use(dir)
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** Without zeros behind the end of the log, whose length is that of what is in it, and with checkpoints in this thread. */
export const openCollections = async (
  dir: string,
  options: Partial<StoreOptions> = {},
): Promise<Collections> => {
  const all = createCollections(
    writeHere(),
    await openStore(dir, { sync: 'always', aheadBytes: 0, takeCheckpoint: checkpoint, ...options }),
  )
  try {
    await all.restore()
  } catch (error) {
    await all.journal.close()
    throw error
  }
  return all
}

export const PLAIN = {
  dimensions: 2,
  metric: 'l2',
  kind: 'exact',
  m: 2,
  efConstruction: 4,
  ef: 4,
  consolidation: 'off',
  tiered: 'off',
} as const

/** A row whose vector tells its version. */
export const put = (all: Collections, name: string, version: number, ...ids: number[]) =>
  upsert(all.find(name), {
    dimensions: 2,
    ids: Uint32Array.from(ids),
    versions: Int32Array.from(ids, () => version),
    vectors: Float32Array.from(ids.flatMap((id) => [id, version])),
  })

export const take = (all: Collections, name: string, ...ids: number[]) =>
  remove(all.find(name), Uint32Array.from(ids))

/** Everything that can be asked of the collections: names, aliases, rows as id:version:distance from the origin. */
export const stateOf = (all: Collections) => {
  const { collections, aliases } = all.list()
  const rows = collections.map((name) => {
    const hits = exact(all.find(name), { k: 1000, ef: 0, vector: new Float32Array(2) })
    const found = Array.from(
      hits.ids,
      (id, i) => `${id}:${hits.versions[i]}:${hits.distances[i]}`,
    ).sort()
    return [name, found]
  })
  return { rows: Object.fromEntries(rows) as Record<string, string[]>, aliases }
}
