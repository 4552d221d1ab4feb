import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../../harness/model/rng.ts'
import { createCollections } from '../collections.ts'
import { remove, search, upsert } from '../operations.ts'
import { withFolder } from '../store/store.fixture.ts'
import { openStore } from '../store/store.ts'
import { writeHere } from '../threads/here.fixture.ts'
import { readRows, rowsBody } from '../wire.ts'
import { pairs } from './found.fixture.ts'
import { HnswIndex } from './index.ts'

/** Rows enough for an image, some replaced and deleted behind the checkpoint that makes it. */
const MANY = 1500
const own = (id: number, version: number): number[] => {
  const chance = stream(3, id, version)
  return Array.from({ length: 4 }, () => chance.normal())
}
const manyRows = new Map<number, number>()

const change = async (
  upsert: (id: number, version: number) => Promise<unknown>,
  remove: (id: number) => Promise<unknown>,
  version: number,
): Promise<void> => {
  for (let id = 0; id < MANY; id += version) {
    await upsert(id, version)
    manyRows.set(id, version)
  }
  for (let id = version; id < MANY; id += 100) {
    await remove(id)
    manyRows.delete(id)
  }
}
const withLibrary = async (dir: string, version: number, end: 'checkpoint' | 'close') => {
  const index = await HnswIndex.open(dir, { dimensions: 4, sync: 'never' })
  assert.equal(index.size, manyRows.size)
  for (const [id, was] of manyRows)
    assert.deepEqual(pairs(index.search(own(id, was), 1)), [[id, was]])
  await change(
    (id, v) => index.upsert(id, own(id, v), v),
    (id) => index.delete(id),
    version,
  )
  if (end === 'checkpoint') await index.checkpoint()
  await index.close()
}
const withServer = async (dir: string, version: number, end: 'checkpoint' | 'close') => {
  const journal = await openStore(dir, { sync: 'never' })
  const all = createCollections(writeHere(), journal)
  await all.restore()
  const held = all.find('rows')
  assert.equal(held.view.reader.live, manyRows.size)
  for (const [id, was] of manyRows) {
    const hits = search(held, { k: 1, ef: 64, vector: Float32Array.from(own(id, was)) })
    assert.deepEqual([hits.ids[0], hits.versions[0]], [id, was])
  }
  const row = (id: number, v: number) => ({ id, version: v, vector: Float32Array.from(own(id, v)) })
  await change(
    (id, v) => upsert(held, readRows(rowsBody([row(id, v)], 4))!),
    (id) => remove(held, Uint32Array.of(id)),
    version,
  )
  if (end === 'checkpoint') await journal.checkpoint()
  await journal.close(end === 'close' ? all.images() : undefined)
}

test('library and server go on from the images of each other, and from their own, of a checkpoint and of an end', () =>
  withFolder(async (dir) => {
    manyRows.clear()
    const turns = [
      withLibrary,
      withLibrary,
      withServer,
      withServer,
      withLibrary,
      withServer,
      withLibrary,
      withLibrary,
    ]
    for (const end of ['checkpoint', 'close'] as const)
      for (const [i, turn] of turns.entries()) await turn(dir, 1 + (i % 3), end)
  }))
