import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { LIMITS } from './json.ts'
import { portOf, withService } from './service.fixture.ts'

const run = promisify(execFile)
const page = await readFile(new URL('../../docs/hnsw.md', import.meta.url), 'utf8')
const hasTools = ['sh', 'curl', 'grep', 'od'].every(
  (tool) => spawnSync(tool, ['--version']).error === undefined,
)

test(
  'every curl example of docs/hnsw.md prints what stands below it',
  {
    skip: hasTools ? false : 'sh, curl, grep or od is not there',
  },
  () =>
    withService(async (_, __, server) => {
      const env = { ...process.env, HNSW: `http://127.0.0.1:${portOf(server)}` }
      const examples = [
        ...page.matchAll(/```sh\n([^`]*curl[^`]*)```\n```(?:json|text)\n([^`]*)```/g),
      ]
      assert.equal(
        examples.length,
        page.match(/```sh\n[^`]*curl/g)?.length,
        'none lacks its answer',
      )
      for (const [, script, expected] of examples) {
        const { stdout } = await run('sh', ['-c', script!], { env })
        assert.equal(stdout.trimEnd(), expected!.trimEnd(), script)
      }
    }),
)

test('the bounds that docs/hnsw.md tells are those that hold', () => {
  const { dimensions, k, ef, collections, aliases, queuedWrites } = LIMITS
  for (const [what, most] of Object.entries({ dimensions, k, ef, collections, aliases })) {
    const text = most.toLocaleString('en')
    assert.ok(page.includes(`${text} ${what}`) || page.includes(`${what} ${text}`), what)
  }
  const mebi = (bytes: number) => `${bytes / 2 ** 20} MiB`
  for (const bytes of [
    LIMITS.bodyBytes,
    LIMITS.jsonBytes,
    LIMITS.questionBytes,
    LIMITS.queuedBytes,
  ]) {
    assert.ok(page.includes(mebi(bytes)), mebi(bytes))
  }
  assert.ok(page.includes(queuedWrites.toLocaleString('en')))
})
