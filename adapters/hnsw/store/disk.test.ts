import assert from 'node:assert/strict'
import { cp, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type OpenFile, openLogFile } from './log-file.ts'
import { openCollections, PLAIN, put, stateOf, withFolder } from './store.fixture.ts'

const LOG = 'log-000000000001'

interface Disk {
  /** Bytes that it still takes; then ENOSPC, after a part of the write. */
  left: number
  syncs: number
  failSync: boolean
  /** An fdatasync ends no sooner. */
  until?: Promise<void>
}
const failing =
  (disk: Disk): OpenFile =>
  async (path, flags) => {
    const file = await openLogFile(path, flags)
    const broken = (code: string) => Object.assign(new Error(code), { code })
    return {
      ...file,
      write: (bytes, position) => {
        if (disk.left === 0) throw broken('ENOSPC')
        const part = Math.min(bytes.length, disk.left)
        disk.left -= part
        return file.write(bytes.subarray(0, part), position)
      },
      datasync: async () => {
        disk.syncs += 1
        if (disk.failSync) throw broken('EIO')
        await disk.until
        await file.datasync()
      },
      sync: async () => {
        disk.syncs += 1
        if (disk.failSync) throw broken('EIO')
        await file.sync()
      },
    }
  }
const disk = (): Disk => ({ left: Number.MAX_SAFE_INTEGER, syncs: 0, failSync: false })

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
    const failed = { status: 503, code: 'log-failed' }
    await assert.rejects(put(all, 'a', 1, 1), failed)
    bad.failSync = false
    await assert.rejects(put(all, 'a', 1, 1), failed)
    await assert.rejects(all.journal.checkpoint(), failed)
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
    while (stateOf(all).rows.a!.length < 1) await new Promise((done) => setImmediate(done))
    writes.push(write(2), write(3))
    while (stateOf(all).rows.a!.length < 3) await new Promise((done) => setImmediate(done))
    assert.deepEqual([acknowledged, held.syncs], [[], 1])
    resolve()
    await Promise.all(writes)
    assert.deepEqual([acknowledged, held.syncs], [[1, 2, 3], 2])
    await all.journal.close()
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
