import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aSecondOf, start, workFolder } from '../../harness/cli.fixture.ts'
import type { Findings } from '../../harness/model/index.ts'
import { skipLive } from '../live.fixture.ts'
import { adapter } from './adapter.ts'
import { findServer } from './launch.ts'

const missing =
  findServer() === null
    ? 'no Qdrant that can be killed: DRIFTMARK_QDRANT and PATH hold no program qdrant'
    : null
const skip = skipLive('qdrant', missing)

for (const transport of ['rest', 'grpc']) {
  test(`a server killed in mid-run leaves unknown outcomes, a report and exit 1 or 2, and no hang: ${transport}`, {
    skip,
  }, async (t) => {
    const dir = workFolder(t)
    const { options, pid, stop } = await adapter.launch!(dir, { transport })
    t.after(stop)
    const { url, grpcUrl } = options
    const target = `qdrant:${JSON.stringify({ url, transport, ...(grpcUrl && { grpcUrl }) })}`
    const short = [
      '--set',
      'phases.churn.for=6s',
      '--set',
      'limits=[latency.search.response.p50 <= 1s]',
    ]
    const words = ['run', 'mine.yaml', '--target', target, ...short]
    const { said, finished } = start(dir, words)
    await said('ops/s offered')
    const [run] = readdirSync(join(dir, 'runs')).map((name) => join(dir, 'runs', name))
    // What is sent to it from now on stays without an answer.
    process.kill(pid!, 'SIGSTOP')
    await aSecondOf(run!)
    process.kill(pid!, 'SIGKILL')
    const { code, err } = await finished
    assert.ok(code === 1 || code === 2, `exit ${code}: ${err}`)
    const findings = JSON.parse(readFileSync(join(run!, 'findings.json'), 'utf8')) as Findings
    const { upsert, search } = findings.validity.offered
    assert.ok(upsert!.ok > 0 && upsert!.unknown > 0, JSON.stringify(upsert))
    assert.ok(search!.ok > 0 && search!.fail + search!.unknown > 0, JSON.stringify(search))
    assert.equal(upsert!.offered, upsert!.ok + upsert!.fail + upsert!.unknown + upsert!.skipped)
    assert.ok(existsSync(join(run!, 'report.html')))
  })
}
