import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ENTRY } from '../store/kill.fixture.ts'
import { withFolder } from '../store/store.fixture.ts'

const run = promisify(execFile)
/** Says to the modules of the project, not to those of Node itself, what Node 20 says to relaxed SIMD. */
const OLD = `WebAssembly.Module = class extends WebAssembly.Module {
  constructor(bytes) {
    super(bytes)
    const { stack } = new Error()
    if (/engine[.]wasm/.test(stack)) throw new WebAssembly.CompileError('invalid opcode 0xfd100')
  }
}`
const TOLD =
  /^(Error: )?driftmark needs Node 22\.2 or later, this one cannot compile its WebAssembly/m
const addressOf = (path: string): string => new URL(path, import.meta.url).href

const complaintOf = async (dir: string, ...words: string[]): Promise<string> => {
  const preload = `data:text/javascript,${encodeURIComponent(OLD)}`
  const asked = run(process.execPath, ['--import', preload, ...words], { cwd: dir })
  return await asked.then(
    ({ stdout }) => assert.fail(`it said ${stdout}`),
    ({ code, stderr }) => {
      assert.equal(code, 1)
      return stderr
    },
  )
}

for (const made of [
  'new HnswIndex({ dimensions: 2 })',
  "await HnswIndex.open('rows', { dimensions: 2 })",
]) {
  test(`on a Node that is too old, ${made} names the one it needs, and begins no folder`, () =>
    withFolder(async (dir) => {
      const script = `import { HnswIndex } from '${addressOf('./index.ts')}'; ${made}`
      const complaint = await complaintOf(dir, '--input-type=module', '-e', script)
      assert.match(complaint, TOLD)
      assert.doesNotMatch(complaint, /memory has ended/)
      assert.deepEqual(await readdir(dir), [])
    }))
}

test('the server does not start there, and begins no folder', () =>
  withFolder(async (dir) => {
    assert.match(await complaintOf(dir, ENTRY, '--data', 'rows'), TOLD)
    assert.deepEqual(await readdir(dir), [])
  }))

test('package.json, its lock and the README name the Node that the error names', async () => {
  const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const engines = { node: '>=22.2' }
  assert.deepEqual(JSON.parse(await read('package.json')).engines, engines)
  assert.deepEqual(JSON.parse(await read('package-lock.json')).packages[''].engines, engines)
  assert.match(await read('README.md'), /for Node 22\.2 or later/)
})
