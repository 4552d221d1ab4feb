import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCollections } from '../collections.ts'
import { withFolder } from '../store/store.fixture.ts'
import { openStore } from '../store/store.ts'
import { writeHere } from '../threads/here.fixture.ts'
import { pairs } from './found.fixture.ts'
import { HnswIndex, type HnswOnDisk } from './index.ts'

const everything = (index: HnswOnDisk) =>
  pairs(index.search(new Float32Array(index.dimensions), 10_000, { exact: true })).sort(
    ([a], [b]) => a! - b!,
  )

test('what has resolved is there again, with its version, and settings are those it began with', () =>
  withFolder(async (dir) => {
    const index = await HnswIndex.open(dir, { dimensions: 2, metric: 'ip', m: 8 })
    assert.equal(index.durability, 'disk, fsync before each acknowledgement')
    await index.add(7, [1, 0])
    await index.add(8, Float32Array.of(3, 4), 5)
    await index.upsert(7, [2, 0], -1)
    await index.upsert(9, [0, 0], 1)
    assert.deepEqual([await index.delete(9), await index.delete(9)], [true, false])
    await index.close()
    const again = await HnswIndex.open(dir)
    assert.deepEqual([again.dimensions, again.metric, again.size, again.cut], [2, 'ip', 2, null])
    assert.deepEqual(pairs(again.search([1, 1], 5)), [
      [8, 5],
      [7, -1],
    ])
    assert.deepEqual(again.searchBatch([[1, 0]], 1)[0]?.distances, Float32Array.of(-3))
    await again.save(join(dir, 'saved'))
    assert.deepEqual(
      (await HnswIndex.load(join(dir, 'saved'))).search([1, 1], 5),
      again.search([1, 1], 5),
    )
    await again.close()
    await assert.rejects(HnswIndex.open(dir, { dimensions: 3 }), /has dimensions 2, not 3/)
    await (await HnswIndex.open(dir, { dimensions: 2 })).close()
  }))

test('what does not fit rejects and changes nothing; of two that add one id, one does', () =>
  withFolder(async (dir) => {
    const nowhere = HnswIndex.open('/dev/null/x', { dimensions: 2 })
    await assert.rejects(nowhere, /^Error: the data folder .* cannot be written \(ENOTDIR\)$/)
    await assert.rejects(HnswIndex.open(dir), /keeps no index yet: give its dimensions/)
    await assert.rejects(HnswIndex.open(dir, { dimensions: 0 }), {
      name: 'RangeError',
      message: /dimensions/,
    })
    await assert.rejects(HnswIndex.open(dir, { dimensions: 2, sync: 0.5 }), /sync: must be always/)
    const index = await HnswIndex.open(dir, { dimensions: 2, sync: 'never' })
    for (const refused of [
      () => index.upsert(-1, [0, 0]),
      () => index.upsert(1, [0]),
      () => index.upsert(1, [0, Number.NaN]),
      () => index.upsert(1, [0, 0], 2 ** 31),
      () => index.delete(0.5),
    ]) {
      await assert.rejects(refused, { name: 'RangeError' })
    }
    const vector = Float32Array.of(1, 2)
    const both = [index.add(1, vector, 1), index.add(1, [9, 9], 2)]
    vector.fill(7)
    const settled = await Promise.allSettled(both)
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    const gone = index.delete(1)
    await index.add(1, [5, 5], 3)
    assert.equal(await gone, true)
    assert.deepEqual(index.search([5, 5], 3), {
      ids: Uint32Array.of(1),
      versions: Int32Array.of(3),
      distances: Float32Array.of(0),
    })
    await index.close()
    const again = await HnswIndex.open(dir)
    assert.deepEqual(everything(again), [[1, 3]])
    await again.close()
  }))

test('a close again is the same close; what is written after it is told that the index is closed', () =>
  withFolder(async (dir) => {
    const index = await HnswIndex.open(dir, { dimensions: 2 })
    await index.add(1, [1, 2])
    const write = index.upsert(2, [3, 4])
    await Promise.all([index.close(), index.close()])
    await index.close()
    await write
    for (const late of [
      () => index.add(3, [0, 0]),
      () => index.upsert(1, [0, 0]),
      () => index.delete(1),
      () => index.checkpoint(),
    ]) {
      await assert.rejects(late, { name: 'Error', message: `hnsw: the index in ${dir} is closed` })
    }
    assert.equal(index.size, 2)
    const again = await HnswIndex.open(dir)
    await index.close()
    await again.add(3, [5, 6])
    assert.equal(again.size, 3)
    await again.close()
  }))

test('a damaged log is refused with its byte, a torn one is cut and says so', () =>
  withFolder(async (dir) => {
    const index = await HnswIndex.open(dir, { dimensions: 2 })
    for (let id = 0; id < 5; id++) await index.add(id, [id, id])
    await index.close()
    const log = join(dir, 'log-000000000001')
    const bytes = await readFile(log)
    const damaged = Buffer.from(bytes)
    damaged[bytes.length >> 1]! ^= 1
    await writeFile(log, damaged)
    await assert.rejects(HnswIndex.open(dir), /log-000000000001 is damaged at byte \d+/)
    await writeFile(log, bytes.subarray(0, -3))
    const torn = await HnswIndex.open(dir)
    assert.match(torn.cut!, /was cut at byte \d+/)
    assert.equal(torn.size, 4)
    await torn.close()
  }))

test('whatever is written, and wherever it is closed or folded, the folder has it', () =>
  withFolder(async (parent) => {
    const write = fc.record({
      what: fc.constantFrom('upsert', 'upsert', 'delete', 'reopen', 'checkpoint'),
      id: fc.nat(9),
    })
    let folders = 0
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 40 }), async (writes) => {
        const dir = join(parent, `${folders++}`)
        const model = new Map<number, number>()
        let index = await HnswIndex.open(dir, { dimensions: 3, sync: 'never' })
        for (const [version, { what, id }] of writes.entries()) {
          if (what === 'upsert') await index.upsert(id, [id, version, 1], version)
          if (what === 'delete') assert.equal(await index.delete(id), model.has(id))
          if (what === 'upsert') model.set(id, version)
          if (what === 'delete') model.delete(id)
          if (what === 'checkpoint') await index.checkpoint()
          if (what === 'reopen') {
            await index.close()
            index = await HnswIndex.open(dir)
          }
        }
        assert.deepEqual(
          everything(index),
          [...model].sort(([a], [b]) => a - b),
        )
        await index.close()
      }),
      { numRuns: 15 },
    )
  }))

test('the server finds it under the name rows', () =>
  withFolder(async (dir) => {
    const index = await HnswIndex.open(dir, { dimensions: 2 })
    await index.add(1, [1, 2], 3)
    await index.close()
    const journal = await openStore(dir, { sync: 'always' })
    const all = createCollections(writeHere(), journal)
    await all.restore()
    assert.deepEqual([...all.find('rows').view.reader.get([1]).versions], [3])
    await journal.close()
  }))

/**
 * A process that upserts rows 0, 1, … with their numbers as versions, again and again, and says each when it has resolved. It waits until that is
 * said: what is still queued when it is killed nobody hears of.
 */
const writer = (dir: string, sync: string) => {
  const source = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  const script = `const { HnswIndex } = await import(${source})
    const index = await HnswIndex.open(${JSON.stringify(dir)}, { dimensions: 4, sync: ${JSON.stringify(sync)} })
    const write = async (from) => {
      for (let version = from; ; version += 4) {
        const id = version % 40
        if (version % 7 === 0) await index.delete(id)
        else await index.upsert(id, [id, version, 0, 1], version)
        await new Promise((said) => process.stdout.write(version + '\\n', said))
      }
    }
    const begin = Math.max(0, ...index.search([0, 0, 0, 0], 100, { exact: true }).versions) + 1000
    process.stdout.write('begin ' + begin + '\\n')
    await Promise.all([0, 1, 2, 3].map((i) => write(begin - begin % 4 + i)))`
  return spawn(process.execPath, ['--input-type=module', '-e', script])
}

/** What a write of this version leaves: every seventh is a delete. */
const stateAfter = (version: number) => (version % 7 === 0 ? null : version)

for (const sync of ['always', 'never']) {
  test(`a process killed at any instant has lost nothing that had resolved, sync: ${sync}`, () =>
    withFolder(async (dir) => {
      const states = new Map<number, number | null>()
      for (const left of [1, 20, 60, 150]) {
        const child = writer(dir, sync)
        const closed = once(child, 'close')
        let acknowledged = 0
        // The version that each of the four writes now: it may be there or not.
        let now: number[] = []
        createInterface({ input: child.stdout }).on('line', (line) => {
          if (line.startsWith('begin')) {
            const begin = Number(line.slice(6))
            now = [0, 1, 2, 3].map((i) => begin - (begin % 4) + i)
            return
          }
          const version = Number(line)
          assert.equal(now[version % 4], version)
          now[version % 4] = version + 4
          states.set(version % 40, stateAfter(version))
          if (++acknowledged === left) child.kill('SIGKILL')
        })
        await closed
        const index = await HnswIndex.open(dir)
        const found = new Map(everything(index) as [number, number][])
        await index.close()
        for (let id = 0; id < 40; id++) {
          const state = found.get(id) ?? null
          const possible = now.filter((version) => version % 40 === id).map(stateAfter)
          possible.push(states.get(id) ?? null)
          assert.ok(possible.includes(state), `row ${id} is ${state}, possible ${possible}`)
          states.set(id, state)
        }
      }
    }))
}

test('a second process on the folder is refused, and does no harm', () =>
  withFolder(async (dir) => {
    const index = await HnswIndex.open(dir, { dimensions: 4 })
    await index.add(1, [1, 2, 3, 4], 1)
    const child = writer(dir, 'always')
    let complaint = ''
    child.stderr.on('data', (text) => {
      complaint += text
    })
    const [code] = await once(child, 'close')
    assert.equal(code, 1)
    assert.match(
      complaint,
      new RegExp(`Error: the data folder .* is in use by process ${process.pid}: `),
    )
    await index.add(2, [1, 2, 3, 4], 2)
    await index.close()
    const again = await HnswIndex.open(dir)
    assert.deepEqual(everything(again), [
      [1, 1],
      [2, 2],
    ])
    await again.close()
  }))
