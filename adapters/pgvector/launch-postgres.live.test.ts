import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { noShm, SHM } from '../tmpfs.fixture.ts'
import { accountFor } from './account.ts'
import { findBinaries } from './binaries.ts'
import { launchPostgres } from './launch-postgres.ts'
import { clock, collection, launched, skip } from './postgres.fixture.ts'
import { adapter } from './postgres.ts'

/** The folder that a postmaster serves; its command line tells it. */
const folderOf = (pid: number): string => {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return words[words.indexOf('-D') + 1]!
}

const temporaryFilesIn = (t: Pick<TestContext, 'after'>, dir: string): void => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = dir
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
}

test('it runs unprivileged, keeps its log, and leaves no folder when it is stopped', {
  skip,
}, async (t) => {
  const { pid, dir, stop } = await launched(t)
  const folder = folderOf(pid!)
  assert.ok(existsSync(folder))
  const uid = Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  assert.notEqual(uid, 0)
  await stop()
  assert.equal(existsSync(folder), false)
  assert.match(readFileSync(join(dir, 'postgres.log'), 'utf8'), /ready to accept connections/)
})

test('it ends, its folder too, when its parent is killed', { skip }, async () => {
  const source = `
    import { launchPostgres } from ${JSON.stringify(new URL('./launch-postgres.ts', import.meta.url).href)}
    const { options, pid } = await launchPostgres(${JSON.stringify(join(tmpdir(), 'driftmark-killed'))}, undefined)
    console.log(JSON.stringify({ url: options.url, pid }))`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(parent, 'exit').then(() => assert.fail('the parent ended by itself'))
  const [printed] = (await Promise.race([once(parent.stdout, 'data'), exited])) as [Buffer]
  exited.catch(() => {})
  const { url, pid } = JSON.parse(`${printed}`) as { url: string; pid: number }
  const folder = folderOf(pid)
  const socket = dial(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  // A dying server may reset the connection instead of closing it: both are its end.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.resume().once('close', resolve))
  parent.kill('SIGKILL')
  await closed
  while (existsSync(join(folder, '..'))) await new Promise((resolve) => setImmediate(resolve))
})

test('a killed server leaves neither folder nor shared memory when its launch is stopped', {
  skip,
}, async (t) => {
  const { pid, stop } = await launched(t)
  const folder = folderOf(pid!)
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
  const segments = [...maps.matchAll(/\/dev\/shm\/\S+/g)].map(([file]) => file)
  assert.ok(segments.length > 0 && segments.every((file) => existsSync(file)))
  process.kill(pid!, 'SIGKILL')
  await stop()
  assert.deepEqual(
    [folder, ...segments].filter((path) => existsSync(path)),
    [],
  )
})

test('where temporary files lie in memory, a launch for a durability of disk is refused', {
  skip: noShm,
}, async (t) => {
  temporaryFilesIn(t, SHM)
  await assert.rejects(launchPostgres(SHM, undefined, 'disk'), {
    option: 'durability',
    message: /^pgvector: durability: disk: .*tmpfs.*TMPDIR/,
  })
})

test('a server whose folder lies in memory says so, and offers no durability of disk', {
  skip: skip || noShm,
}, async (t) => {
  temporaryFilesIn(t, SHM)
  const { options } = await launched(t)
  const { durability } = await adapter.describe(options)
  assert.match(`${durability}`, /^memory: .*tmpfs/)
  const disk = collection('a', { durability: 'disk' })
  await assert.rejects(adapter.open(options, disk, clock), { option: 'durability' })
})

test('a server that cannot start is refused with what it said, and leaves nothing', {
  skip,
}, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-broken-'))
  chmodSync(dir, 0o755)
  temporaryFilesIn(t, dir)
  t.after(() => rmSync(dir, { recursive: true }))
  const broken = launchPostgres(dir, { settings: { shared_buffers: 'plenty' } })
  await assert.rejects(broken, /PostgreSQL did not start: exit 1: .*"plenty".*see .*postgres\.log/s)
  assert.deepEqual(readdirSync(dir), ['postgres.log'])
})

test('as root it is another account, or a sentence; else the one that asks', () => {
  const passwd = () => 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n'
  assert.deepEqual(accountFor(0, passwd), { name: 'nobody', uid: 65_534, gid: 65_533 })
  assert.equal(accountFor(1_000, passwd), null)
  assert.throws(() => accountFor(0, () => 'root:x:0:0::/root:/bin/sh\n'), /no account nobody/)
})

test('programs that are not there are told with the command that brings them', () => {
  assert.throws(() => findBinaries(tmpdir()), /DRIFTMARK_POSTGRES names .* no program initdb/)
})
