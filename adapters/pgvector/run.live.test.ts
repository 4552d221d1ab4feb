import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drive, start, workFolder } from '../../harness/cli.fixture.ts'
import { launched, skip } from './postgres.fixture.ts'

/** A run's folder: what is in it, and its findings. */
const runIn = (dir: string) => {
  const folders = readdirSync(join(dir, 'runs'), { withFileTypes: true })
  const run = join(dir, 'runs', folders.find((entry) => entry.isDirectory())!.name)
  const files = readdirSync(run)
  const read = (name: string) => readFileSync(join(run, name), 'utf8')
  return { files, read, findings: JSON.parse(read('findings.json')) }
}

/** The processes below one (Linux's /proc). */
const below = (pid: number): number[] => {
  const threads = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : []
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '),
  )
  return children
    .filter((child) => child !== '')
    .map(Number)
    .flatMap((child) => [child, ...below(child)])
}

const isPostmaster = (pid: number): boolean =>
  /bin\/postgres\0-D/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))

const SHORTER = ['--set', 'phases.churn.for=7s', '--set', 'limits=[ recall.live.low >= 0.9 ]']

test('PostgreSQL killed in mid-run gives unknown operations, a report and exit 1 or 2, never a hang', {
  skip,
}, async (t) => {
  const dir = workFolder(t)
  const running = start(dir, ['run', 'mine.yaml', '--target', 'postgres', ...SHORTER])
  await running.said('ops/s offered')
  const processes = below(running.child.pid!)
  process.kill(processes.find(isPostmaster)!, 'SIGKILL')
  const { code, err } = await running.finished
  assert.ok(code === 1 || code === 2, `exit ${code}: ${err}`)
  assert.doesNotMatch(err, /\n\s+at .*\.(?:ts|js):/)
  const { files, read, findings } = runIn(dir)
  const { upsert, search } = findings.validity.offered
  assert.ok(upsert.fail + upsert.unknown > 0 && search.fail + search.unknown > 0)
  assert.equal(upsert.offered, upsert.ok + upsert.fail + upsert.unknown + upsert.skipped)
  assert.ok(files.includes('report.html'))
  assert.match(read('postgres.log'), /ready to accept connections/)
  assert.deepEqual(
    processes.filter((pid) => existsSync(`/proc/${pid}`) && isPostmaster(pid)),
    [],
  )
})

test('a password in the URL of a target is in no file of the run and in nothing that is printed', {
  skip,
}, async (t) => {
  const dir = workFolder(t)
  const { options } = await launched(t)
  const short = [
    '--set',
    'phases.churn.for=2s',
    '--set',
    'limits=[]',
    '--set',
    'probes.deadline=1s',
  ]
  const target = `postgres=${options.url}`
  const { code, out, err } = await drive(dir, ['run', 'mine.yaml', '--target', target, ...short])
  assert.ok(code === 0 || code === 2, err)
  const { password } = new URL(options.url!)
  const { files, read, findings } = runIn(dir)
  for (const text of [out, err, ...files.map(read)]) assert.ok(!text.includes(password))
  assert.equal(findings.run.engine.system, 'PostgreSQL')
  const wrong = options.url!.replace(password, 'not-the-secret')
  const refused = await drive(dir, ['run', 'mine.yaml', '--target', `postgres=${wrong}`, ...short])
  assert.equal(refused.code, 69, refused.err)
  assert.match(refused.err, /password authentication failed/)
  assert.doesNotMatch(refused.err, /not-the-secret/)
})
