import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

test('the six lines of the README run as they stand, and again on the folder that they left', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-readme-'))
  t.after(() => rm(dir, { recursive: true }))
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const lines = /```js\n(import \{ HnswIndex \} from 'driftmark\/hnsw'\n[\s\S]*?)```/.exec(
    readme,
  )?.[1]
  assert.equal(lines?.trimEnd().split('\n').length, 6)
  // Not the built package: the sources that it is built from.
  const source = new URL('./index.ts', import.meta.url).href
  const script = lines!.replace("'driftmark/hnsw'", `'${source}'`)
  const run = promisify(execFile)
  for (const _ of ['first', 'second']) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dir,
    })
    assert.match(stdout, /Uint32Array\(2\) \[ 1, 2 \]/)
  }
})
