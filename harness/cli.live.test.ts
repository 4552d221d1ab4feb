import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drive, start, workFolder } from './cli.fixture.ts'

const STACK = /\n\s+at .*\.(?:ts|js):/

test('wrong input: exit 64 or 69, one sentence with a code, never a stack trace', async (t) => {
  const dir = workFolder(t)
  writeFileSync(join(dir, 'wrong.yaml'), 'name: wrong\nk: ten\nphazes: []\n')
  writeFileSync(join(dir, 'broken.yaml'), 'name: [')
  writeFileSync(join(dir, 'bad.ts'), 'export default { name: 1 }')
  writeFileSync(join(dir, 'base.fbin'), new Float32Array(4))
  for (const [words, code, says] of [
    [[], 64, 'driftmark compile'],
    [['fly'], 64, 'there is no verb "fly"'],
    [['run'], 64, 'run needs SCENARIO'],
    [['run', 'mine.yaml'], 64, 'needs a --target'],
    [['run', 'absent.yaml', '--target', 'hnsw'], 64, 'absent.yaml'],
    [['run', 'mine.yaml', '--target', 'nosuch'], 64, 'There is no adapter "nosuch"'],
    [['run', 'mine.yaml', '--target', './bad.ts'], 64, 'lacks'],
    [['run', 'mine.yaml', '--target', 'sim:{"dealy":{}}'], 64, 'dealy'],
    [['run', 'mine.yaml', '--target', 'sim:{'], 64, 'no JSON'],
    [['run', 'mine.yaml', '--target', 'hnsw=http://127.0.0.1:1'], 69, '127.0.0.1'],
    [['run', 'mine.yaml', '--target', 'sim', '--set', 'client.consistency=all'], 64, 'consistency'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--set', 'client.durability=x'], 64, 'durability'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--set', 'index.kind=ivf-flat'], 64, 'index.kind'],
    [['conform', '--target', 'qdrant=http://127.0.0.1:1'], 69, 'nobody listens at 127.0.0.1:1'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--seed', 'x'], 64, '--seed takes a whole number'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--speed'], 64, '--speed'],
    [['compile', 'wrong.yaml'], 64, 'phazes'],
    [['compile', 'broken.yaml'], 64, 'broken.yaml'],
    [['compile', 'mine.yaml', '--set', 'k=zero'], 64, 'zero'],
    [['analyse', 'nowhere'], 64, 'no run folder'],
    [['report', '.'], 64, 'no run folder'],
    [['compare', '.'], 64, 'compare needs'],
    [['dataset', 'nosuch'], 64, 'There is no dataset "nosuch"'],
    [['dataset', 'base.fbin'], 64, '--queries'],
    [['--frob'], 64, 'there is no verb "--frob"'],
    [['run', 'base.fbin', '--target', 'hnsw'], 64, 'it is no text'],
    [['run', '.', '--target', 'hnsw'], 64, 'it is a folder'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--senders', '-1'], 64, '--senders needs a value'],
    [['run', 'mine.yaml', '--target', './mine.ts=http://x'], 64, 'JSON behind a colon'],
    [['run', 'mine.yaml', '--target', 'hnsw', '--out', 'mine.yaml'], 64, 'cannot be written'],
    [['compile', 'mine.yaml', '--out', '.'], 64, 'it is a folder'],
    [['compile', 'mine.yaml', '--out', 'no/t.arrow'], 64, 'its folder does not exist'],
  ] as const) {
    await t.test(`driftmark ${words.join(' ')}`, async () => {
      const found = await drive(dir, words)
      assert.equal(found.code, code, found.err)
      assert.ok(found.err.includes(says), found.err)
      assert.doesNotMatch(found.out, /FAILED/)
      assert.ok(!STACK.test(found.err), found.err)
    })
  }
})

test('a reader who leaves early changes neither the work nor its exit code', async (t) => {
  const { child, finished } = start(workFolder(t), ['dataset'])
  child.stdout?.destroy()
  const { code, err } = await finished
  assert.equal(code, 0, err)
  assert.equal(err, '')
})

test('compile prints the hash first, and nothing of this machine or this hour', async (t) => {
  const dir = workFolder(t)
  const first = await drive(dir, ['compile', 'mine.yaml', '--seed', '7'])
  const again = await drive(dir, ['compile', join(dir, 'mine.yaml'), '--seed', '7'])
  const other = await drive(dir, ['compile', 'mine.yaml', '--seed', '8'])
  assert.match(first.out, /^sha256:[0-9a-f]{64}\n/)
  assert.equal(first.out, again.out)
  assert.notEqual(first.out.slice(0, 71), other.out.slice(0, 71))
  assert.ok(!first.out.includes(dir))
})

test('Ctrl-C ends a run cleanly: the part that ran is reported, the verdict is unknown, exit 2', async (t) => {
  const dir = workFolder(t)
  const running = start(dir, ['run', 'mine.yaml', '--target', 'sim'])
  await running.said('ops/s offered')
  running.child.kill('SIGINT')
  const { code, err } = await running.finished
  assert.equal(code, 2, err)
  const { validity, verdict } = findingsIn(dir)
  assert.equal(verdict, 'unknown')
  const reasons = validity.reasons.map(({ code }: { code: string }) => code)
  assert.deepEqual(
    reasons.filter((code: string) => !OF_THE_MACHINE.includes(code)),
    ['interrupted'],
  )
  // All phases: on a slow machine the run may have been in its warm-up still.
  assert.ok(validity.offered.search.ok > 0)
})

test('a server killed in mid-run gives unknown or failed operations, a report and exit 1 or 2, never a hang', async (t) => {
  const dir = workFolder(t)
  const running = start(dir, ['run', 'mine.yaml', '--target', 'hnsw'])
  await running.said('ops/s offered')
  process.kill(enginePid(running.child.pid!), 'SIGKILL')
  const { code, err } = await running.finished
  assert.ok(code === 1 || code === 2, `exit ${code}: ${err}`)
  assert.ok(!STACK.test(err), err)
  const { validity } = findingsIn(dir)
  const upserts = validity.offered.upsert
  assert.ok(upserts.unknown + upserts.fail > 0)
  assert.equal(upserts.offered, upserts.ok + upserts.fail + upserts.unknown + upserts.skipped)
})

test('several targets play one trace: one page side by side, and their runs compare', async (t) => {
  const dir = workFolder(t)
  const words = [
    'run',
    'mine.yaml',
    '--target',
    'hnsw',
    '--target',
    'slow@sim:{"delay":{"fixed":30}}',
    '--set',
    'phases.churn.for=5s',
    '--set',
    'limits=[]',
    '--json',
  ]
  const found = await drive(dir, words)
  assert.ok(found.code === 0 || found.code === 2, found.err)
  const findings = found.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    findings.map(({ run }) => run.target),
    ['hnsw', 'slow'],
  )
  assert.equal(findings[0].run.trace, findings[1].run.trace)
  assert.ok(findings[1].ingestToSearchable.lower.p50 >= 15, 'the delay of 30 ms was not seen')
  const runs = readdirSync(join(dir, 'runs'), { withFileTypes: true })
  const dirs = runs.filter((entry) => entry.isDirectory()).map(({ name }) => join('runs', name))
  assert.ok(runs.some(({ name }) => name === 'mine-1.html'))
  const compared = await drive(dir, ['compare', ...dirs])
  assert.match(compared.out, /\| {2}\| hnsw \| slow \|/)
})

test('runs of different traces are refused side by side, with the reason', async (t) => {
  const dir = workFolder(t)
  const short = ['--target', 'sim', '--set', 'phases.churn.for=3s', '--set', 'limits=[]']
  for (const seed of ['1', '2']) await drive(dir, ['run', 'mine.yaml', ...short, '--seed', seed])
  const dirs = readdirSync(join(dir, 'runs')).map((name) => join('runs', name))
  const found = await drive(dir, ['compare', ...dirs])
  assert.equal(found.code, 64)
  assert.match(found.err, /played different traces/)
})

/** Reasons that say how busy this machine was, however a run ended. */
const OF_THE_MACHINE = ['harness-busy', 'harness-too-slow']

/** The findings of the only run below a folder. */
const findingsIn = (dir: string) => {
  const [run] = readdirSync(join(dir, 'runs'))
  return JSON.parse(readFileSync(join(dir, 'runs', run!, 'findings.json'), 'utf8'))
}

/** The child process of a running command: the server that it launched (Linux's /proc). */
const enginePid = (pid: number): number => {
  const threads = readdirSync(`/proc/${pid}/task`)
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '),
  )
  return Number(children.find((child) => child !== ''))
}
