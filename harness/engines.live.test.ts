import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { skipLive } from '../adapters/live.fixture.ts'
import type { Collection, Engine } from './model/index.ts'
import { reachTarget } from './verbs/reach.ts'
import { parseTarget } from './verbs/target.ts'
import { readiness } from './verbs/targets.ts'

const CAPABILITIES = ['bulkLoad', 'get', 'exact', 'count', 'settle', 'compact', 'stats', 'plan']
const AT: Collection = {
  name: 'driftmark_capabilities',
  dimensions: 4,
  metric: 'l2',
  index: { kind: 'hnsw' },
  consistency: 'default',
  durability: 'default',
  connections: 1,
}

/** The rows of the README's table of what was verified: engine, version, when, by, lacks. */
const verified = [
  ...readFileSync('README.md', 'utf8').matchAll(
    /^\| `(\w+)` \| ([^|]+) \| (every change|\d{4}-\d\d-\d\d) \| ([^|]+) \| ([^|]+) \|$/gm,
  ),
].map(([, name, version, , , lacks]) => ({ name: name!, version: version!, lacks: lacks! }))

test('the README says of each engine what was verified', () => {
  const names = verified.map(({ name }) => name)
  assert.deepEqual(names, ['hnsw', 'pgvector', 'postgres', 'milvus', 'qdrant'])
})

for (const { name, version, lacks } of verified) {
  test(`${name} is of the version that the README names, and lacks what it says`, async (t) => {
    const { ready, detail } = await readiness(name)
    const skip = skipLive(name, ready ? null : detail)
    if (skip) return t.skip(skip)
    const dir = mkdtempSync(join(tmpdir(), 'driftmark-engines-'))
    const { adapter, options, stop } = await reachTarget(parseTarget(name, dir), dir)
    t.after(async () => {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    })
    const engine = await adapter.open(options, AT, { now: () => 0 })
    const absent = CAPABILITIES.filter((each) => engine[each as keyof Engine] === undefined)
    if (!adapter.swap) absent.push('swap')
    const facts = await adapter.describe(options, AT)
    await engine.close()
    assert.equal(absent.map((each) => `\`${each}\``).join(', ') || 'nothing', lacks)
    if (version === "this one's own") return
    const told = [facts.version, facts.pgvector].filter((each) => each !== undefined)
    assert.deepEqual(version.match(/\d+(?:\.\d+)+/g), told)
  })
}
