import assert from 'node:assert/strict'
import { cp, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type OpenFile, openLogFile } from './log-file.ts'
import { openCollections, PLAIN, put, stateOf, withFolder } from './store.fixture.ts'

const LOG = 'log-000000000001'

interface Disk {
  /** Bytes that it still takes; then ENOSPC, after a part of the write. */
  left: number
  syncs: number
  /** The next sync fails, and only that one: a system tells of what it lost once. */
  failSync: boolean
  /** An fdatasync ends no sooner. */
  until?: Promise<void>
}
const failing =
  (disk: Disk): OpenFile =>
  async (path, flags) => {
    const file = await openLogFile(path, flags)
    const broken = (code: string) => Object.assign(new Error(code), { code })
    let underWay = 0
    const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (underWay > 0) throw broken('EBUSY')
      underWay += 1
      return await work().finally(() => {
        underWay -= 1
      })
    }
    const sync = async (work: () => Promise<void>): Promise<void> => {
      disk.syncs += 1
      if (disk.failSync) {
        disk.failSync = false
        throw broken('EIO')
      }
      await work()
    }
    return {
      ...file,
      write: (bytes, position) => {
        if (disk.left === 0) throw broken('ENOSPC')
        const part = Math.min(bytes.length, disk.left)
        disk.left -= part
        return file.write(bytes.subarray(0, part), position)
      },
      datasync: () =>
        alone(() =>
          sync(async () => {
            await disk.until
            await file.datasync()
          }),
        ),
      sync: () => alone(() => sync(file.sync)),
      truncate: (length) => alone(() => file.truncate(length)),
    }
  }
const disk = (): Disk => ({ left: Number.MAX_SAFE_INTEGER, syncs: 0, failSync: false })
const FAILED = { status: 503, code: 'log-failed' }
const turn = () => new Promise((done) => setImmediate(done))

test('a full disk refuses the write with 507, keeps nothing of it, and takes writes again when there is room', () =>
  withFolder(async (dir) => {
    const full = disk()
    const all = await openCollections(dir, { openFile: failing(full) })
    await all.create('a', PLAIN)
    await put(all, 'a', 1, 1)
    for (const left of [0, 1, 30, 59]) {
      full.left = left
      const before = await readFile(join(dir, LOG))
      await assert.rejects(put(all, 'a', 2, 1, 2), { status: 507, code: 'disk-full' })
      assert.deepEqual(stateOf(all).rows, { a: ['1:1:2'] })
      assert.deepEqual(await readFile(join(dir, LOG)), before)
    }
    full.left = Number.MAX_SAFE_INTEGER
    await put(all, 'a', 3, 3)
    await all.journal.close()
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again).rows, { a: ['1:1:2', '3:3:18'] })
    await again.journal.close()
  }))

test('after a failed fsync nothing is acknowledged any more; a search may return what was not', () =>
  withFolder(async (dir) => {
    const bad = disk()
    const all = await openCollections(dir, { openFile: failing(bad) })
    await all.create('a', PLAIN)
    bad.failSync = true
    await assert.rejects(put(all, 'a', 1, 1), FAILED)
    await assert.rejects(put(all, 'a', 1, 1), FAILED)
    await assert.rejects(all.journal.checkpoint(), FAILED)
    assert.deepEqual(stateOf(all).rows, { a: ['1:1:2'] })
    await all.journal.close()
  }))

test('what is written is found, and the next written, before the disk has it; it is acknowledged when the disk does', () =>
  withFolder(async (dir) => {
    const held = disk()
    const all = await openCollections(dir, { openFile: failing(held) })
    await all.create('a', PLAIN)
    const { promise, resolve } = Promise.withResolvers<void>()
    held.syncs = 0
    held.until = promise
    const acknowledged: number[] = []
    const write = (id: number) => put(all, 'a', 1, id).then(() => acknowledged.push(id))
    const writes = [write(1)]
    while (stateOf(all).rows.a!.length < 1) await turn()
    writes.push(write(2), write(3))
    while (stateOf(all).rows.a!.length < 3) await turn()
    assert.deepEqual([acknowledged, held.syncs], [[], 1])
    resolve()
    await Promise.all(writes)
    assert.deepEqual([acknowledged, held.syncs], [[1, 2, 3], 2])
    await all.journal.close()
  }))

/** Row 1 waits for an fsync that is under way, row 2 for the next one; both are found. */
const twoWaiting = async (dir: string, held: Disk) => {
  const all = await openCollections(dir, { openFile: failing(held) })
  await all.create('a', PLAIN)
  const { promise, ...end } = Promise.withResolvers<void>()
  held.until = promise
  const waiting: Promise<void>[] = []
  for (const id of [1, 2]) {
    waiting.push(put(all, 'a', 1, id))
    while (stateOf(all).rows.a!.length < id) await turn()
  }
  delete held.until
  return { all, waiting, end }
}

test('a segment whose closing fails acknowledges nothing that was written into it', () =>
  withFolder(async (dir) => {
    const bad = disk()
    const { all, waiting, end } = await twoWaiting(dir, bad)
    const closed = all.journal.checkpoint()
    bad.failSync = true
    end.resolve()
    const settled = await Promise.allSettled([...waiting, closed])
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    )
    await assert.rejects(closed, FAILED)
    await all.journal.close()
  }))

test('a new segment that fails and cannot be taken away again ends the log', () =>
  withFolder(async (dir) => {
    let begun = 0
    const openFile: OpenFile = async (path, flags) => {
      const file = await openLogFile(path, flags)
      if (flags !== 'w' || ++begun === 1) return file
      const gone = () => rm(path).then(() => Promise.reject(new Error('EIO')))
      return { ...file, write: gone }
    }
    const all = await openCollections(dir, { openFile })
    await all.create('a', PLAIN)
    await assert.rejects(all.journal.checkpoint(), FAILED)
    await assert.rejects(put(all, 'a', 1, 1), FAILED)
    await all.journal.close()
  }))

test('a folder whose log could not be closed as it should can be opened again', () =>
  withFolder(async (dir) => {
    const bad = disk()
    const all = await openCollections(dir, { openFile: failing(bad) })
    await all.create('a', PLAIN)
    await put(all, 'a', 1, 1)
    bad.failSync = true
    await assert.rejects(all.journal.close(), { message: 'EIO' })
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again).rows, { a: ['1:1:2'] })
    await again.journal.close()
  }))

test('a segment is not closed behind an fsync of it that failed', () =>
  withFolder(async (dir) => {
    const { all, waiting, end } = await twoWaiting(dir, disk())
    const closed = all.journal.checkpoint()
    await turn()
    end.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
    for (const one of await Promise.allSettled([...waiting, closed])) {
      assert.equal(one.status, 'rejected')
    }
    await assert.rejects(closed, FAILED)
    await all.journal.close()
  }))

test('what a full disk refused is taken off the log when no fsync is under way', () =>
  withFolder(async (dir) => {
    const full = disk()
    const { all, waiting, end } = await twoWaiting(dir, full)
    full.left = 30
    const refused = assert.rejects(put(all, 'a', 1, 3), { status: 507, code: 'disk-full' })
    while (full.left > 0) await turn()
    await turn()
    end.resolve()
    await Promise.all([...waiting, refused])
    await all.journal.close()
  }))

test('who is told that there is a collection, or none, is told so when the disk has it', () =>
  withFolder(async (dir) => {
    const { all, waiting, end } = await twoWaiting(dir, disk())
    const told: string[] = []
    const tell = (what: string, answer: Promise<unknown>) =>
      answer.catch(() => undefined).then(() => told.push(what))
    const answers = [
      tell('made', all.create('b', PLAIN)),
      tell('dropped', all.drop('a')),
      tell('not there', all.drop('a')),
    ]
    while (Object.keys(stateOf(all).rows).join() !== 'b') await turn()
    answers.push(tell('there', all.create('b', PLAIN)))
    for (let i = 0; i < 5; i++) await turn()
    assert.deepEqual(told, [])
    end.resolve()
    await Promise.all([...waiting, ...answers])
    assert.deepEqual(told.sort(), ['dropped', 'made', 'not there', 'there'])
    await all.journal.close()
  }))

test('what comes while the log is closed is refused and not kept', () =>
  withFolder(async (dir) => {
    const { all, waiting, end } = await twoWaiting(dir, disk())
    const closed = all.journal.close()
    await assert.rejects(Promise.race([put(all, 'a', 1, 3), turn().then(turn).then(turn)]), {
      status: 503,
      code: 'stopping',
    })
    end.resolve()
    await Promise.all([...waiting, closed])
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again).rows, { a: ['1:1:2', '2:1:5'] })
    await again.journal.close()
  }))

test('requests that arrive while an fsync is under way share the next one', () =>
  withFolder(async (dir) => {
    const counted = disk()
    const all = await openCollections(dir, { openFile: failing(counted) })
    await all.create('a', PLAIN)
    counted.syncs = 0
    const first = put(all, 'a', 1, 0)
    const others = first.then(() => {})
    await Promise.all([others, ...Array.from({ length: 50 }, (_, id) => put(all, 'a', 1, id))])
    assert.ok(counted.syncs <= 2, `${counted.syncs} fsyncs`)
    await all.journal.close()
  }))

test('sync: never makes nothing last before the end, some milliseconds do so soon', () =>
  withFolder(async (dir) => {
    const counted = disk()
    const never = await openCollections(dir, { sync: 'never', openFile: failing(counted) })
    const atStart = counted.syncs
    await never.create('a', PLAIN)
    await put(never, 'a', 1, 1)
    assert.equal(counted.syncs, atStart)
    await never.journal.close()
    assert.equal(counted.syncs, atStart + 1)
    const soon = await openCollections(dir, { sync: 1, openFile: failing(counted) })
    const before = counted.syncs
    while (counted.syncs === before) await put(soon, 'a', 2, 1)
    assert.equal(soon.journal.durability, 'disk, fsync every 1 ms')
    await soon.journal.close()
  }))

test('zeros ahead of the log: a copy taken while it is open holds all, and closing takes them off', () =>
  withFolder(async (dir) => {
    const folder = join(dir, 'data')
    const counted = disk()
    const all = await openCollections(folder, { aheadBytes: 5000, openFile: failing(counted) })
    await all.create('a', PLAIN)
    for (let id = 0; id < 9; id++) await put(all, 'a', 1, id)
    const { size } = await stat(join(folder, LOG))
    assert.ok(size > 5000)
    const copy = join(dir, 'copy')
    await cp(folder, copy, { recursive: true, filter: (path) => !path.includes('lock') })
    const copied = await openCollections(copy)
    assert.deepEqual(stateOf(copied), stateOf(all))
    await copied.journal.close()
    counted.left = 5100
    await put(all, 'a', 1, ...Array.from({ length: 310 }, (_, i) => i))
    assert.equal(counted.left, 0, 'the row fits, and the zeros do not')
    await all.journal.close()
    const again = await openCollections(folder)
    assert.deepEqual(stateOf(again), stateOf(all))
    await again.journal.close()
  }))
