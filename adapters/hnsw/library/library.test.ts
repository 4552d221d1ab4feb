import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { HnswIndex, type HnswSettings } from './index.ts'

const folder = async (t: TestContext): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-library-'))
  t.after(() => rm(dir, { recursive: true }))
  return dir
}
/** A vector that the number decides. */
const vectorOf = (seed: number, dimensions: number): number[] =>
  Array.from({ length: dimensions }, (_, i) => Math.sin(seed * 7.3 + i * 1.7 * (1 + (seed % 5))))

test('add, upsert, delete, search: what an eye can check', () => {
  const index = new HnswIndex({ dimensions: 2 })
  index.add(7, [0, 0])
  index.add(8, Float32Array.of(3, 4), 3)
  index.upsert(7, [0, 1])
  assert.throws(() => index.add(7, [5, 5]), /there is a row 7/)
  assert.deepEqual(index.search([0, 0], 5), {
    ids: Uint32Array.of(7, 8),
    versions: Int32Array.of(0, 3),
    distances: Float32Array.of(1, 25),
  })
  assert.deepEqual(
    [index.delete(7), index.delete(7), index.size, index.has(7)],
    [true, false, 1, false],
  )
  const batch = index.searchBatch(
    [
      [3, 4],
      [0, 0],
    ],
    1,
    { exact: true },
  )
  assert.deepEqual(
    batch.map(({ ids, distances }) => [ids[0], distances[0]]),
    [
      [8, 0],
      [8, 25],
    ],
  )
})

test('what does not fit is refused by name, and nothing changes', () => {
  const index = new HnswIndex({ dimensions: 2, metric: 'cosine' })
  for (const [call, text] of [
    [() => index.add(-1, [0, 1]), /id is -1/],
    [() => index.add(2 ** 32, [0, 1]), /id is 4294967296/],
    [() => index.add(1, [0]), /1 dimensions, the index 2/],
    [() => index.add(1, [0, Number.NaN]), /dimension 1 of the vector is NaN/],
    [() => index.add(1, [0, 1e300]), /1e\+300/],
    [() => index.search([0, 1], 0), /k is 0/],
    [() => index.search([0, 1], 5, { ef: 4 }), /ef is 4/],
    [() => new HnswIndex({ dimensions: 0 }), /dimensions is 0/],
    [
      () => new HnswIndex({ dimensions: 2, efSearch: 9 } as HnswSettings),
      /^hnsw: there is no setting efSearch, only dimensions, metric, m, /,
    ],
    // What a file or a folder has of an index, and nobody can ask for.
    [() => new HnswIndex({ dimensions: 2, kind: 'exact' } as HnswSettings), /no setting kind/],
    [() => new HnswIndex({ dimensions: 2, m: 1 }), /m is 1/],
    [() => new HnswIndex({ dimensions: 2, metric: 'l1' as 'l2' }), /metric is l1/],
    [() => new HnswIndex({ dimensions: 2, consolidation: 0 }), /consolidation is 0/],
    [() => new HnswIndex({ dimensions: 2, alpha: 0.9 }), /alpha is 0.9, not a number from 1 to 2/],
    [() => new HnswIndex({ dimensions: 2, alpha: Number.NaN }), /alpha is NaN/],
    [() => new HnswIndex({ dimensions: 2, alpha: 'x' as unknown as number }), /alpha is x/],
  ] as const) {
    assert.throws(call, { name: 'RangeError', message: text })
  }
  assert.equal(index.size, 0)
})

test('tombstones go by themselves, some steps with each write', () => {
  const index = new HnswIndex({ dimensions: 8 })
  for (let id = 0; id < 1000; id++) index.add(id, vectorOf(id, 8))
  for (let i = 0; i < 3000; i++) index.upsert(i % 1000, vectorOf(i + 5000, 8))
  assert.ok(index.stats().tombstones < 300, `${index.stats().tombstones}`)
  index.compact()
  assert.equal(index.stats().tombstones, 0)
  assert.equal(index.search(vectorOf(5, 8), 1000, { ef: 1000 }).ids.length, 1000)
})

test('what was saved is what is loaded: the same answers, and the same life thereafter', async (t) => {
  const path = join(await folder(t), 'a.hnsw')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('l2' as const, 'cosine' as const, 'ip' as const),
      fc.integer({ min: 1, max: 33 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 90 }), fc.nat(999)), {
        maxLength: 300,
      }),
      async (metric, dimensions, writes) => {
        const index = new HnswIndex({ dimensions, metric, m: 4, ef: 20, seed: 3 })
        const play = (on: HnswIndex, from: number, to: number): void => {
          for (const [isDelete, id, seed] of writes.slice(from, to)) {
            if (isDelete) on.delete(id)
            else on.upsert(id, vectorOf(seed, dimensions))
          }
        }
        const middle = writes.length >> 1
        play(index, 0, middle)
        await index.save(path)
        const again = await HnswIndex.load(path)
        const query = vectorOf(77, dimensions)
        assert.deepEqual([again.dimensions, again.metric], [dimensions, metric])
        for (const settings of [{}, { exact: true }]) {
          assert.deepEqual(again.search(query, 5, settings), index.search(query, 5, settings))
        }
        for (const one of [index, again]) play(one, middle, writes.length)
        const all = (one: HnswIndex) => one.search(query, 100, { exact: true })
        assert.deepEqual(all(again), all(index))
        assert.equal(again.search(query, 10).ids.length, Math.min(10, index.size))
      },
    ),
    { numRuns: 40 },
  )
})

test('alpha is saved if it was given; a file without one, as all before had none, has the default', async (t) => {
  const path = join(await folder(t), 'a.hnsw')
  const degrees = []
  for (const alpha of [1, undefined, 2]) {
    const index = new HnswIndex({ dimensions: 8, alpha })
    for (let id = 0; id < 500; id++) index.add(id, vectorOf(id, 8))
    await index.save(path)
    const head = /\{.*?\}/.exec((await readFile(path)).toString('latin1'))![0]
    assert.equal(/"alpha":(\d)/.exec(head)?.[1], alpha?.toString())
    const again = await HnswIndex.load(path)
    for (let id = 0; id < 500; id++) again.upsert(id, vectorOf(id + 1000, 8))
    again.compact()
    degrees.push(again.shape().meanDegree)
  }
  assert.ok(degrees[0]! < degrees[1]! && degrees[1]! < degrees[2]!, `${degrees}`)
})

test('an index of several segments is saved and loaded whole', async (t) => {
  const path = join(await folder(t), 'a.hnsw')
  const index = new HnswIndex({ dimensions: 4, segmentBytes: 5 * 65_536, mostBytes: 2 ** 22 })
  for (let id = 0; id < 3000; id++) index.add(id, vectorOf(id, 4))
  for (let id = 0; id < 3000; id += 3) index.delete(id)
  await index.save(path)
  const again = await HnswIndex.load(path)
  assert.ok(index.stats().segments > 2)
  assert.equal(again.stats().segments, index.stats().segments)
  for (const settings of [{}, { exact: true }]) {
    const query = vectorOf(77, 4)
    assert.deepEqual(again.search(query, 9, settings), index.search(query, 9, settings))
  }
  assert.throws(() => {
    for (let id = 0; ; id++) again.upsert(id, vectorOf(id, 4))
  }, /memory has ended: mostBytes is 4194304, segmentBytes is 327680/)
})

test('a damaged file is refused, whichever byte it is; the old file stays until the new one is whole', async (t) => {
  const dir = await folder(t)
  const path = join(dir, 'a.hnsw')
  const index = new HnswIndex({ dimensions: 3 })
  for (let id = 0; id < 20; id++) index.add(id, vectorOf(id, 3))
  await index.save(path)
  await index.save(path)
  assert.deepEqual(await readdir(dir), ['a.hnsw'])
  const good = await readFile(path)
  const broken = join(dir, 'broken.hnsw')
  const places = [0, 5, 6, 8, 9, 30, 200, good.length >> 1, good.length - 1]
  for (const at of places) {
    const bytes = Buffer.from(good)
    bytes[at]! ^= 1
    await writeFile(broken, bytes)
    await assert.rejects(HnswIndex.load(broken), /^(RangeError|Error): hnsw: /, `byte ${at}`)
  }
  for (const length of [0, 3, 8, 40, good.length - 1]) {
    await writeFile(broken, good.subarray(0, length))
    await assert.rejects(HnswIndex.load(broken), /damaged/, `${length} bytes`)
  }
  // As long as the one before, whose length the file tells.
  const other = good
    .toString('latin1')
    .replace(/"layout":\d+/, ({ length }) => '"layout":0'.padEnd(length))
  await writeFile(broken, Buffer.from(other, 'latin1'))
  await assert.rejects(HnswIndex.load(broken), /layout 0/)
  const first = good.toString('latin1').replace(/"format":2/, '"former":2')
  await writeFile(broken, Buffer.from(first, 'latin1'))
  await assert.rejects(HnswIndex.load(broken), /format 1 and layout \d+, this version reads 2/)
  await assert.rejects(HnswIndex.load(join(dir, 'none')), { code: 'ENOENT' })
  await assert.rejects(index.save(join(dir, 'none', 'a')), { code: 'ENOENT' })
})

test('saves to one path at once each keep their promise: what stays is whole, and of the last of them that could', async (t) => {
  const dir = await folder(t)
  const path = join(dir, 'a.hnsw')
  const sizes = [400, 3, 90, 1]
  const indexes = sizes.map((rows) => {
    const index = new HnswIndex({ dimensions: 16 })
    for (let id = 0; id < rows; id++) index.add(id, vectorOf(id, 16))
    return index
  })
  for (let turn = 0; turn < sizes.length; turn++) {
    await Promise.all(indexes.map((index) => index.save(path)))
    assert.equal((await HnswIndex.load(path)).size, sizes.at(-1), `turn ${turn}`)
    indexes.unshift(indexes.pop()!)
    sizes.unshift(sizes.pop()!)
  }
  assert.deepEqual(await readdir(dir), ['a.hnsw'])
})

test('a save that fails leaves what was there and nothing else, and those behind it go on', async (t) => {
  const dir = await folder(t)
  const taken = join(dir, 'taken')
  await mkdir(join(taken, 'inside'), { recursive: true })
  const index = new HnswIndex({ dimensions: 2 })
  const settled = await Promise.allSettled([index.save(taken), index.save(taken)])
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.deepEqual(await readdir(dir), ['taken'])
  await rm(taken, { recursive: true })
  await index.save(taken)
  assert.equal((await HnswIndex.load(taken)).size, 0)
})

test('a path may end in as long a name as the file system takes, and a file NAME.tmp is somebody else’s', async (t) => {
  const dir = await folder(t)
  const index = new HnswIndex({ dimensions: 2 })
  await writeFile(join(dir, 'a.tmp'), 'mine')
  for (const name of ['a', 'n'.repeat(255)]) await index.save(join(dir, name))
  assert.deepEqual((await readdir(dir)).sort(), ['a', 'a.tmp', 'n'.repeat(255)])
  assert.equal(await readFile(join(dir, 'a.tmp'), 'utf8'), 'mine')
})

/** A process that has an index of so many rows, says so, and saves it to the path again and again once it is told to. */
const saver = (path: string, rows: number) => {
  const source = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  const script = `const { HnswIndex } = await import(${source})
    const index = new HnswIndex({ dimensions: 16 })
    for (let id = 0; id < ${rows}; id++) index.add(id, new Float32Array(16).fill(id))
    process.stdout.write('made')
    process.stdin.once('data', async () => {
      for (let i = 0; i < 40; i++) await index.save(${JSON.stringify(path)})
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', script])
}

test('two processes that save to one path do each other no harm', async (t) => {
  const dir = await folder(t)
  const path = join(dir, 'a.hnsw')
  const savers = [10, 500].map((rows) => saver(path, rows))
  const ends = savers.map((child) => once(child, 'exit'))
  await Promise.all(savers.map((child) => once(child.stdout, 'data')))
  for (const child of savers) child.stdin.end('save')
  for (const end of ends) assert.deepEqual(await end, [0, null])
  assert.ok([10, 500].includes((await HnswIndex.load(path)).size))
  assert.deepEqual(await readdir(dir), ['a.hnsw'])
})
