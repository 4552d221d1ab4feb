import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aSecondOf, drive, start } from '../../harness/cli.fixture.ts'
import type { Findings } from '../../harness/model/index.ts'
import { broughtTo } from '../brought.ts'
import { skipLive } from '../live.fixture.ts'
import { adapter } from './adapter.ts'
import { missing } from './launch.ts'

/** Whole runs from the command line against milvus-lite. Exit 2, an invalid run, is the machine's own: it was too busy. */
const skip = skipLive('milvus', missing())

/** A folder that holds the scenario. */
const folder = (t: TestContext, scenario: string): string => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-milvus-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'it.yaml'), scenario)
  return dir
}
const words = (target: string) => ['run', 'it.yaml', '--target', target, '--out', 'runs'] as const

const runOf = (dir: string): string => join(dir, 'runs', readdirSync(join(dir, 'runs'))[0]!)
const findingsOf = (dir: string): Findings =>
  JSON.parse(readFileSync(join(runOf(dir), 'findings.json'), 'utf8')) as Findings

/** All rows are in one segment, behind one graph; then a few of them are deleted, and nothing else happens. */
const FEW_DELETES = `
name: few-deletes
about: A handful of deletes, which no index should feel.
dataset: { name: uniform, rows: 2500, dimensions: 32, queries: 100 }
metric: l2
k: 10
index: { kind: hnsw, m: 16, efConstruction: 100, ef: 256 }
preload: 2500
phases:
  - { name: still, for: 1s, searches: { rate: 20/s } }
  - name: a few rows go
    for: 2s
    writes: { rate: 2/s, arrivals: even, mix: { insert: 0, delete: 100 } }
    searches: { rate: 20/s }
probes: { share: 0%, deadline: 2s }
checkpoints: { every: 2900ms, settle: 100ms, rate: 100/s, rebuildControl: last }
`

/** Python reads it at its start: the index of another milvus-lite takes the place of the server's own. */
const replaceIndex = (file: string): string => `
import importlib.util, sys
NAME = "milvus_lite.index.faiss_hnsw"
class Before:
    def find_spec(self, name, path=None, target=None):
        if name == NAME:
            return importlib.util.spec_from_file_location(NAME, ${JSON.stringify(file)})
sys.meta_path.insert(0, Before())
`

test('an ef that falls to 16 after one delete is seen as drift, and the index is blamed', {
  skip,
}, async (t) => {
  const dir = folder(t, FEW_DELETES)
  const index = join(broughtTo('milvus'), 'before/milvus_lite/index/faiss_hnsw.py')
  mkdirSync(join(dir, 'python'))
  writeFileSync(join(dir, 'python/sitecustomize.py'), replaceIndex(index))
  const env = { PYTHONPATH: join(dir, 'python') }
  const { code, err } = await start(dir, words('milvus'), env).finished
  assert.ok(code === 0 || code === 2, err)
  const { drift, loss, validity } = findingsOf(dir)
  assert.ok(drift && loss)
  assert.equal(validity.exactScan, false)
  assert.ok(drift.versusRebuild.high! < -0.05, JSON.stringify(drift))
  assert.ok(loss.index! > 0.02, JSON.stringify(loss))
  const others = [loss.short, loss.crowdedOut, loss.notYetVisible.high]
  assert.deepEqual(others, [0, 0, 0])
})

test('since milvus-lite 3.2.1 a delete leaves ef alone, and there is no drift to see', {
  skip,
}, async (t) => {
  const dir = folder(t, FEW_DELETES)
  const { code, err } = await drive(dir, words('milvus'))
  assert.ok(code === 0 || code === 2, err)
  const { drift, loss, validity } = findingsOf(dir)
  assert.ok(drift && loss)
  assert.equal(validity.exactScan, false)
  assert.ok(Math.abs(drift.versusRebuild.value!) <= 0.01, JSON.stringify(drift))
  assert.ok(loss.index! <= 0.01, JSON.stringify(loss))
})

const STREAM = `
name: stream
about: A server that is killed under load.
dataset: { name: uniform, rows: 1500, dimensions: 4, queries: 20 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 100
phases:
  - name: stream
    for: 6s
    writes: { rate: 100/s }
    searches: { rate: 20/s }
probes: { share: 0%, deadline: 2s }
limits:
  - latency.search.response.p90 <= 1s
`

test('a server killed in mid-run leaves unknown outcomes, a report and exit 1 or 2, and no hang', {
  skip,
}, async (t) => {
  const dir = folder(t, STREAM)
  const server = await adapter.launch!(dir, undefined)
  t.after(() => server.stop())
  const { said, finished } = start(dir, words(`milvus=${server.options.url}`))
  await said('· stream ·')
  // What is sent to it from now on stays without an answer.
  process.kill(server.pid!, 'SIGSTOP')
  await aSecondOf(runOf(dir))
  process.kill(server.pid!, 'SIGKILL')
  const { code, err } = await finished
  assert.ok(code === 1 || code === 2, `exit ${code}: ${err}`)
  const { offered } = findingsOf(dir).validity
  assert.ok(offered.upsert!.ok > 0, JSON.stringify(offered))
  assert.ok(offered.upsert!.unknown > 0, JSON.stringify(offered))
  assert.ok(offered.upsert!.fail > 0, 'what was sent afterwards surely did not happen')
  assert.ok(offered.search!.fail > 0, JSON.stringify(offered))
  assert.ok(existsSync(join(runOf(dir), 'report.html')))
})

const BLUE_GREEN = `
name: swap
about: Every row moves to a second collection, and the alias follows, while searches go on.
dataset: { name: clustered, rows: 400, dimensions: 16, queries: 50 }
metric: cosine
k: 10
index: { kind: hnsw }
preload: 300
phases:
  - { name: moving, for: 6s, writes: { rate: 4/s }, searches: { rate: 100/s } }
reembed: { to: 2, style: blue-green, rate: 200/s, at: 2s }
probes: { share: 0%, deadline: 2s }
`

test('the alias moves under traffic, and no search fails', { skip }, async (t) => {
  const dir = folder(t, BLUE_GREEN)
  const { code, err } = await drive(dir, words('milvus'))
  assert.ok(code === 0 || code === 2, err)
  const { validity, recall } = findingsOf(dir)
  const { search } = validity.offered
  assert.ok(search!.offered > 400)
  assert.equal(search!.ok, search!.offered, JSON.stringify(search))
  assert.ok(recall!.live!.high! > 0.95, JSON.stringify(recall!.live))
})
