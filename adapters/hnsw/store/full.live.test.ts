import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { HnswIndex } from '../library/index.ts'
import { endServer, type Running, startServer } from './kill.fixture.ts'
import { withFolder } from './store.fixture.ts'

const DIMENSIONS = 512

/** A disk of its own, of 1 MiB, where this user may mount one; else the test is skipped, and says why. */
const withSmallDisk = (
  t: TestContext,
  use: (dir: string, remount: (options: string) => void) => Promise<void>,
) =>
  withFolder(async (parent) => {
    const dir = join(parent, 'disk')
    await mkdir(dir)
    const mount = (options: string) =>
      spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { encoding: 'utf8' })
    const { error, stderr, status } = mount('size=1m')
    if (error || status !== 0) {
      t.skip(
        `no tmpfs can be mounted: ${error?.message ?? stderr.trim()}; disk.test.ts has a simulated disk`,
      )
      return
    }
    const remount = (options: string) =>
      assert.equal(mount(`remount,${options}`).status, 0, `remount ${options}`)
    try {
      await use(dir, remount)
    } finally {
      spawnSync('umount', [dir])
    }
  })

const upsert = ({ ask }: Running, id: number) =>
  ask('POST', '/collections/a/upsert', {
    rows: [{ id, vector: Array.from({ length: DIMENSIONS }, () => id) }],
  })

const idsIn = async ({ ask }: Running): Promise<number[]> => {
  const query = { vector: new Array(DIMENSIONS).fill(0), k: 10_000 }
  const { json } = await ask('POST', '/collections/a/exact', query)
  return json.hits.map(({ id }: { id: number }) => id)
}
const firstIds = (n: number) => Array.from({ length: n }, (_, id) => id)

test('a full disk: writes are refused with 507, nothing acknowledged is lost, and room makes it go on', (t) =>
  withSmallDisk(t, async (dir, remount) => {
    let server = await startServer(dir)
    try {
      await server.ask('PUT', '/collections/a', { dimensions: DIMENSIONS, metric: 'l2' })
      let stored = 0
      let reply = await upsert(server, stored)
      while (reply.status === 200) reply = await upsert(server, ++stored)
      assert.deepEqual([reply.status, reply.json.error.code], [507, 'disk-full'])
      assert.match(reply.json.error.message, /full \(ENOSPC\)/)
      assert.ok(stored > 300, `${stored} rows in 1 MiB`)
      assert.deepEqual(await idsIn(server), firstIds(stored))
      assert.equal((await server.ask('POST', '/checkpoint')).json.error?.code, 'disk-full')
      await endServer(server, 'SIGKILL')
      server = await startServer(dir)
      assert.deepEqual(await idsIn(server), firstIds(stored))
      remount('size=8m')
      assert.equal((await upsert(server, stored)).status, 200)
      assert.equal((await server.ask('POST', '/checkpoint')).status, 200)
      await endServer(server, 'SIGTERM')
      server = await startServer(dir)
      assert.deepEqual(await idsIn(server), firstIds(stored + 1))
      await endServer(server, 'SIGTERM')
      remount('ro')
      await assert.rejects(
        startServer(dir),
        /^Error: the data folder .* cannot be written \(EROFS\)$/,
      )
    } finally {
      await endServer(server, 'SIGKILL')
    }
  }))

test('a full disk under the library: a write rejects with its code, and what had resolved is there', (t) =>
  withSmallDisk(t, async (dir, remount) => {
    const vector = new Float32Array(DIMENSIONS)
    let index = await HnswIndex.open(dir, { dimensions: DIMENSIONS })
    let stored = 0
    const fill = async () => {
      for (;;) await index.upsert(stored, vector, stored++)
    }
    await assert.rejects(fill, {
      code: 'disk-full',
      message: /full \(ENOSPC\): nothing was stored/,
    })
    stored -= 1
    assert.ok(stored > 300, `${stored} rows in 1 MiB`)
    assert.deepEqual([index.size, index.has(stored)], [stored, false])
    await index.close()
    index = await HnswIndex.open(dir)
    assert.equal(index.size, stored)
    remount('size=8m')
    await index.upsert(stored, vector)
    await index.close()
    remount('ro')
    await assert.rejects(
      HnswIndex.open(dir),
      /^Error: the data folder .* cannot be written \(EROFS\)$/,
    )
  }))

test('a folder without the right to write is refused at the start, in one sentence', (t) =>
  withFolder(async (dir) => {
    if (process.getuid?.() === 0) {
      t.skip('root may write everywhere; the small disk above is mounted read-only instead')
      return
    }
    await chmod(dir, 0o500)
    await assert.rejects(
      startServer(dir),
      /^Error: the data folder .* cannot be written \(EACCES\)$/,
    )
    await chmod(dir, 0o700)
  }))

test('a second server on the folder is refused with the process of the first, and does no harm', () =>
  withFolder(async (dir) => {
    const first = await startServer(dir)
    try {
      const held = new RegExp(
        `^Error: the data folder .* is in use by process ${first.child.pid}: `,
      )
      await assert.rejects(startServer(dir), held)
      await first.ask('PUT', '/collections/a', { dimensions: DIMENSIONS, metric: 'l2' })
      assert.equal((await upsert(first, 0)).status, 200)
    } finally {
      await endServer(first, 'SIGKILL')
    }
    const second = await startServer(dir)
    assert.deepEqual(await idsIn(second), [0])
    await endServer(second, 'SIGTERM')
  }))

test('arguments of the store that make no sense are refused in one sentence', () =>
  withFolder(async (dir) => {
    await assert.rejects(startServer(dir, '--sync', 'soon'), /^Error: sync: must be always, never/)
    await assert.rejects(startServer(dir, '--segment', 'x'), /^Error: segment: must be/)
    await assert.rejects(startServer(join('/dev/null', 'x')), /cannot be written \(ENOTDIR\)$/)
  }))
