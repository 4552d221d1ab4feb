import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Collections } from '../collections.ts'
import { LAYOUT } from '../engine/index.ts'
import { indexOf, signatureOf } from '../index-of.ts'
import { clear, search } from '../operations.ts'
import { jsonPayload } from './frame.ts'
import { LEAST_ROWS } from './image.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { namedOf } from './operation.ts'
import { openCollections, PLAIN, put, stateOf, take, withFolder } from './store.fixture.ts'
import { openStore } from './store.ts'

const GRAPH = { ...PLAIN, kind: 'hnsw', m: 4, efConstruction: 16, ef: 8 } as const
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** Closes with images, as the server does, or without, as a kill would. */
const close = (all: Collections, way: 'gently' | 'hard') =>
  all.journal.close(way === 'gently' ? all.images() : undefined)

/** Twice as many rows as an image takes, so many bytes that a checkpoint at the end is worth it. */
const fill = async (dir: string): Promise<Collections> => {
  const all = await openCollections(dir)
  await all.create('a', GRAPH)
  for (let version = 1; version < 10; version++) {
    await put(all, 'a', version, ...ids(0, 2 * LEAST_ROWS))
  }
  return all
}
/** What a narrow search of the graph finds: it depends on the links. */
const answers = (all: Collections) =>
  ids(0, 30).map((i) => search(all.find('a'), { k: 5, ef: 5, vector: Float32Array.of(67 * i, 3) }))

test('a server that ends gently goes on with the same graph: nothing is built anew', () =>
  withFolder(async (dir) => {
    const all = await fill(dir)
    await put(all, 'a', 77, 5)
    await take(all, 'a', 6)
    const [before, found] = [stateOf(all), answers(all)]
    await close(all, 'gently')
    const again = await openCollections(dir)
    const [{ image, count, gone }] = again.journal.restored.collections as [
      (typeof again.journal.restored.collections)[0],
    ]
    assert.deepEqual([image !== null, count, gone], [true, 0, []])
    assert.deepEqual(stateOf(again), before)
    assert.deepEqual(answers(again), found)
    await close(again, 'gently')
    const last = await openCollections(dir)
    assert.deepEqual(answers(last), found, 'what has not changed is not written again, and stays')
    await close(last, 'hard')
  }))

test('few rows, and few bytes since the last checkpoint, are not worth one at the end', () =>
  withFolder(async (dir) => {
    const few = await openCollections(dir)
    await few.create('a', GRAPH)
    for (let i = 0; i < 20; i++) await put(few, 'a', i, ...ids(0, LEAST_ROWS - 1))
    await close(few, 'gently')
    assert.deepEqual((await readManifest(dir)).number, 0)
    const all = await fill(dir)
    await close(all, 'gently')
    const { number } = await readManifest(dir)
    const again = await openCollections(dir)
    await put(again, 'a', 1, 1)
    await close(again, 'gently')
    assert.equal((await readManifest(dir)).number, number)
  }))

const step = fc.record({
  what: fc.constantFrom('put', 'put', 'take', 'clear', 'fold', 'gently', 'hard'),
  from: fc.nat(2 * LEAST_ROWS),
  many: fc.nat(LEAST_ROWS),
})

test('image and log come to what was written, whenever it was folded and however it ended', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), (steps) =>
      withFolder(async (dir) => {
        let all = await fill(dir)
        await close(all, 'gently')
        all = await openCollections(dir)
        for (const [version, { what, from, many }] of steps.entries()) {
          if (what === 'put') await put(all, 'a', version, ...ids(from, from + many))
          if (what === 'take') await take(all, 'a', ...ids(from, from + many))
          if (what === 'clear') await clear(all.find('a'))
          if (what === 'fold') await all.journal.checkpoint()
          if (what !== 'gently' && what !== 'hard') continue
          const before = stateOf(all)
          await close(all, what)
          all = await openCollections(dir)
          assert.deepEqual(stateOf(all), before)
        }
        const state = stateOf(all)
        await close(all, 'hard')
        const last = await openCollections(dir)
        assert.deepEqual(stateOf(last), state)
        const { reader: index } = last.find('a').view
        const every = { k: Math.max(1, index.live), vector: Float32Array.of(0, 0) }
        const ways = [
          index.search(every.vector, every.k, 4 * LEAST_ROWS),
          index.exact(every.vector, every.k),
        ]
        const [found, exact] = ways.map((hits) => [...hits.ids].sort((a, b) => a - b))
        assert.deepEqual(found, exact)
        await close(last, 'hard')
      }),
    ),
    { numRuns: 8 },
  ))

test('without its image, or with one of another layout, an index is built anew', () =>
  withFolder(async (dir) => {
    const all = await fill(dir)
    const before = stateOf(all)
    await close(all, 'gently')
    const manifest = await readManifest(dir)
    const [a] = manifest.collections
    const opened = async () => {
      const again = await openCollections(dir)
      assert.equal(again.journal.restored.collections[0]?.image, null)
      assert.deepEqual(stateOf(again), before)
      await close(again, 'hard')
    }
    const image = {
      ...a!.image!,
      signature: a!.image!.signature.replace('"layout":', '"layout":9'),
    }
    await writeManifest(dir, { ...manifest, collections: [{ ...a!, image }] })
    await opened()
    await writeManifest(dir, manifest)
    await rm(join(dir, a!.image!.files[0]!))
    await opened()
  }))

test('alpha is there again from the log and from a checkpoint, and the graph goes on with it', () =>
  withFolder(async (dir) => {
    let all = await openCollections(dir)
    await all.create('a', { ...GRAPH, alpha: 1.7 })
    for (const way of ['hard', 'gently'] as const) {
      for (let i = 1; i < 10; i++) await put(all, 'a', i, ...ids(0, 2 * LEAST_ROWS))
      await close(all, way)
      all = await openCollections(dir)
      assert.equal(all.find('a').options.alpha, 1.7)
      const [restored] = all.journal.restored.collections
      assert.equal(restored?.image !== null, way === 'gently')
    }
    await close(all, 'hard')
  }))

test('options and images from before there was alpha mean what they meant', () => {
  const options = { ...GRAPH, consolidation: 0.15, tiered: 'on', seed: 7 } as const
  const payload = jsonPayload({ name: 'a', options })
  const frame = { number: 1, kind: 'create', synced: 0, payload, end: 0 } as const
  assert.deepEqual(namedOf(frame), { kind: 'create', name: 'a', options })
  const known =
    '"dimensions":2,"metric":"l2","m":4,"efConstruction":16,"seed":7,"selection":"heuristic","hot":256'
  assert.equal(signatureOf(options), `{"layout":${LAYOUT},${known}}`)
})

test('a damaged image is refused by name and byte', () =>
  withFolder(async (dir) => {
    const all = await fill(dir)
    await close(all, 'gently')
    const name = (await readdir(dir)).find((file) => file.startsWith('index-'))!
    const good = await readFile(join(dir, name))
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 40)) {
      const bytes = Buffer.from(good)
      bytes[at]! ^= 4
      await writeFile(join(dir, name), bytes)
      await assert.rejects(openCollections(dir), new RegExp(`${name} is damaged at byte \\d+:`))
    }
    await writeFile(join(dir, name), good.subarray(0, -30))
    await assert.rejects(openCollections(dir), new RegExp(`${name} is damaged`))
  }))

test('an image is taken at the end when all that came before the end is applied', () =>
  withFolder(async (dir) => {
    const options = { ...GRAPH, seed: 1 }
    const { commit, close } = await openStore(dir, { sync: 'always' })
    const collection = await commit({ kind: 'create', name: 'a', options }, (number) => number)
    const rows = {
      dimensions: 2,
      ids: Uint32Array.from(ids(0, 1000)),
      versions: new Int32Array(1000),
      vectors: new Float32Array(2000),
    }
    let applied = 0
    /** Each takes its turn, long enough that the checkpoint would overtake the last. */
    const apply = () => {
      for (const began = performance.now(); performance.now() < began + 3; );
      applied += 1
    }
    const writes = Array.from({ length: 40 }, () =>
      commit({ kind: 'upsert', collection, rows }, apply),
    )
    const seen: number[] = []
    const image = () => {
      seen.push(applied)
      return indexOf(options).image()
    }
    await close(new Map([[collection, image]]))
    await Promise.all(writes)
    assert.deepEqual(seen, [writes.length])
  }))
