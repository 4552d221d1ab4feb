import assert from 'node:assert/strict'
import { cp, open, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Collections } from '../collections.ts'
import { clear } from '../operations.ts'
import { HEADER } from './frame.ts'
import { lockFolder } from './lock.ts'
import { openCollections, PLAIN, put, stateOf, take, withFolder } from './store.fixture.ts'

const LOG = 'log-000000000001'

test('what was acknowledged is there again, and what was deleted is not', () =>
  withFolder(async (dir) => {
    const all = await openCollections(dir)
    await all.create('a', PLAIN)
    await all.create('b', PLAIN)
    await put(all, 'a', 1, 1, 2, 3)
    await put(all, 'a', 2, 2)
    await take(all, 'a', 3, 99)
    await all.alias('live', 'a')
    await put(all, 'b', 7, 7)
    await clear(all.find('b'))
    await put(all, 'b', 8, 8)
    const before = stateOf(all)
    assert.deepEqual(before.rows, { a: ['1:1:2', '2:2:8'], b: ['8:8:128'] })
    await all.journal.close()
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again), before)
    assert.deepEqual(again.find('live').options, all.find('live').options)
    await again.drop('a')
    await again.journal.close()
    const last = await openCollections(dir)
    assert.deepEqual(stateOf(last), { rows: { b: ['8:8:128'] }, aliases: {} })
    await last.journal.close()
  }))

/** A log of one collection and three upserts, and the offsets at which its frames end. */
const smallLog = async (dir: string): Promise<{ bytes: Buffer; ends: number[] }> => {
  const all = await openCollections(dir)
  const path = join(dir, LOG)
  const ends = [(await stat(path)).size]
  await all.create('a', PLAIN)
  ends.push((await stat(path)).size)
  for (const id of [1, 2, 3]) {
    await put(all, 'a', id, id)
    ends.push((await stat(path)).size)
  }
  await all.journal.close()
  return { bytes: await readFile(path), ends }
}

test('a tail torn at any byte of the last record, zeros behind it or none, is cut, and the log goes on', () =>
  withFolder(async (dir) => {
    const { bytes, ends } = await smallLog(dir)
    const [before, end] = ends.slice(-2) as [number, number]
    assert.equal(end, bytes.length)
    for (let cut = before; cut < end; cut++) {
      const zeros = Buffer.alloc(cut % 3 === 0 ? 0 : 500)
      await writeFile(join(dir, LOG), Buffer.concat([bytes.subarray(0, cut), zeros]))
      const all = await openCollections(dir)
      assert.deepEqual(stateOf(all).rows, { a: ['1:1:2', '2:2:8'] }, `cut at ${cut}`)
      assert.equal((await stat(join(dir, LOG))).size, before)
      await put(all, 'a', 9, 9)
      await all.journal.close()
      const again = await openCollections(dir)
      assert.deepEqual(stateOf(again).rows, { a: ['1:1:2', '2:2:8', '9:9:162'] })
      await again.journal.close()
    }
  }))

test('a torn head of the first segment is an empty folder', () =>
  withFolder(async (dir) => {
    const { bytes, ends } = await smallLog(dir)
    for (let cut = 0; cut < ends[0]!; cut++) {
      await writeFile(join(dir, LOG), bytes.subarray(0, cut))
      const all = await openCollections(dir)
      assert.deepEqual(stateOf(all), { rows: {}, aliases: {} })
      await all.journal.close()
    }
  }))

test('any flipped bit before the last record is refused with the offset of its record, and nothing is changed', () =>
  withFolder(async (dir) => {
    const { bytes, ends } = await smallLog(dir)
    const last = ends.at(-2)!
    for (let bit = 0; bit < last * 8; bit += 5) {
      const damaged = Buffer.from(bytes)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      await writeFile(join(dir, LOG), damaged)
      const offset = [0, ...ends].findLast((end) => end <= bit >> 3)
      await assert.rejects(
        openCollections(dir),
        new RegExp(`${LOG} is damaged at byte ${offset}:`),
        `bit ${bit}`,
      )
      assert.deepEqual(await readFile(join(dir, LOG)), damaged)
    }
  }))

test('records of one unfinished write are cut, though one behind the torn one is whole', () =>
  withFolder(async (dir) => {
    const all = await openCollections(dir)
    await all.create('a', PLAIN)
    await put(all, 'a', 1, 1)
    const { size } = await stat(join(dir, LOG))
    await Promise.all([put(all, 'a', 2, 2), put(all, 'a', 3, 3)])
    await all.journal.close()
    const file = await open(join(dir, LOG), 'r+')
    await file.write(Buffer.alloc(HEADER), 0, HEADER, size)
    await file.close()
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again).rows, { a: ['1:1:2'] })
    await again.journal.close()
  }))

test('a missing segment, a damaged snapshot and a damaged manifest are refused by name', () =>
  withFolder(async (dir) => {
    const folder = join(dir, 'data')
    const all = await openCollections(folder, { segmentBytes: 200 })
    await all.create('a', PLAIN)
    await put(all, 'a', 1, 1, 2, 3)
    await all.journal.checkpoint()
    for (let id = 0; id < 9; id++) await put(all, 'a', 2, id)
    await all.journal.close()
    const names = (await readdir(folder)).filter((name) => !name.startsWith('lock'))
    const logs = names.filter((name) => name.startsWith('log')).sort()
    assert.ok(logs.length > 2, names.join())
    for (const name of logs.slice(0, -1)) {
      const copy = join(dir, `without-${name}`)
      await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith(name) })
      await assert.rejects(openCollections(copy), new RegExp(`${name} is missing`))
    }
    for (const name of names.filter((name) => !name.startsWith('log'))) {
      const copy = join(dir, `damaged-${name}`)
      await cp(folder, copy, { recursive: true })
      await truncate(join(copy, name), (await stat(join(copy, name))).size - 3)
      await assert.rejects(openCollections(copy), new RegExp(`${name} is damaged`))
    }
  }))

test('the folder of a living process is refused, with its number; the lock of a dead one is not', () =>
  withFolder(async (dir) => {
    const all = await openCollections(dir)
    await assert.rejects(openCollections(dir), new RegExp(`in use by process ${process.pid}:`))
    await all.journal.close()
    await symlink('4194305 1', join(dir, 'lock.9'))
    const again = await openCollections(dir)
    assert.deepEqual(
      (await readdir(dir)).filter((name) => name.startsWith('lock')),
      ['lock.10'],
    )
    await again.journal.close()
  }))

test('of many that want the lock of a dead one at once, never two get it, and the next one does', () =>
  withFolder(async (dir) => {
    await symlink('4194305 1', join(dir, 'lock.1'))
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dir)))
    assert.ok(tries.filter(({ status }) => status === 'fulfilled').length <= 1)
    for (const { reason } of tries.filter((one) => one.status === 'rejected')) {
      assert.match(reason.message, /is in use by process/)
    }
    for (const one of tries) if (one.status === 'fulfilled') await one.value()
    const unlock = await lockFolder(dir)
    await unlock()
  }))

type Step = { readonly what: string; readonly name: string; readonly id: number }
const step = fc.record({
  what: fc.constantFrom('put', 'put', 'put', 'take', 'create', 'drop', 'alias', 'clear', 'fold'),
  name: fc.constantFrom('a', 'b', 'c'),
  id: fc.nat(6),
})

/** Does one step; what the collections refuse stays refused after a replay too. */
const perform = async (all: Collections, { what, name, id }: Step, version: number) => {
  if (what === 'put') await put(all, name, version, id, id + 1)
  if (what === 'take') await take(all, name, id, id + 2)
  if (what === 'create') await all.create(name, PLAIN)
  if (what === 'drop') await all.drop(name)
  if (what === 'alias') await all.alias(`to${id % 2}`, name)
  if (what === 'clear') await clear(all.find(name))
  if (what === 'fold') await all.journal.checkpoint()
}

test('a crash at any point of the log leaves a prefix of the acknowledged history', async () => {
  const program = fc.array(step, { minLength: 5, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(program, fc.double({ min: 0, max: 1, noNaN: true }), (steps, where) =>
      withFolder(async (dir) => {
        const folder = join(dir, 'data')
        const all = await openCollections(folder, { segmentBytes: 400 })
        const newest = async () =>
          (await readdir(folder))
            .filter((name) => name.startsWith('log'))
            .sort()
            .at(-1)!
        const marks: { log: string; bytes: number; state: unknown }[] = []
        const mark = async () => {
          const log = await newest()
          marks.push({ log, bytes: (await stat(join(folder, log))).size, state: stateOf(all) })
        }
        await all.create('a', PLAIN)
        await mark()
        for (const [version, step] of steps.entries()) {
          await perform(all, step, version).catch((error) => assert.ok('status' in error, error))
          await mark()
        }
        await all.journal.close()
        const log = await newest()
        const size = (await stat(join(folder, log))).size
        const cut = Math.floor(size * where)
        await truncate(join(folder, log), cut)
        const survivor = marks.findLast((mark) => mark.log !== log || mark.bytes <= cut)
        const again = await openCollections(folder)
        const state = stateOf(again)
        await again.journal.close()
        assert.deepEqual(state, survivor?.state ?? { rows: {}, aliases: {} })
      }),
    ),
    { numRuns: 25 },
  )
})
