import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isProblem } from '../harness/errors.ts'
import { ADAPTER_ABOUT, ADAPTER_NAMES, loadAdapter } from './index.ts'

const refused = (code: string, sentence: RegExp) => (error: unknown) => {
  assert.ok(isProblem(error) && error.code === code)
  assert.match(error.message, sentence)
  return true
}

/** Writes a module into a folder that goes when the test ends; answers its path. */
const moduleWith = async (t: { after(fn: () => Promise<void>): void }, source: string) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-adapter-'))
  t.after(() => rm(dir, { recursive: true }))
  const path = join(dir, 'mine.mjs')
  await writeFile(path, source)
  return path
}

test('every adapter has one line about itself', () => {
  for (const name of ADAPTER_NAMES) assert.match(ADAPTER_ABOUT[name], /^[^\n]{10,120}$/)
})

test('a path loads an adapter of one’s own, in process', async (t) => {
  const path = await moduleWith(
    t,
    `export default { name: 'mine', parse: (o) => o, open: async () => ({}), describe: async () => ({}) }`,
  )
  const { adapter, inProcess } = await loadAdapter(path)
  assert.equal(adapter.name, 'mine')
  assert.equal(inProcess, true)
})

test('what an adapter lacks is said by name', async (t) => {
  const lacking = await moduleWith(t, `export default { name: 'mine', open: async () => ({}) }`)
  await assert.rejects(
    loadAdapter(lacking),
    refused('TARGET_ADAPTER', /lacks parse, describe;.*needs name/),
  )
  const none = await moduleWith(t, `export const adapter = {}`)
  await assert.rejects(
    loadAdapter(none),
    refused('TARGET_ADAPTER', /lacks name, parse, open, describe/),
  )
})

test('a file that cannot be loaded is refused with the reason and its cause', async (t) => {
  const broken = await moduleWith(t, `throw new Error('no such client')`)
  await assert.rejects(loadAdapter(broken), (error) => {
    refused('TARGET_ADAPTER', /no such client/)(error)
    return (error as Error).cause instanceof Error
  })
})

test('a name that is neither an adapter nor a path is refused with the names there are', async () => {
  for (const name of ['nope', './mine.ts', '/mine.txt', 'toString', '']) {
    await assert.rejects(loadAdapter(name), refused('TARGET_UNKNOWN', /sim, hnsw, pgvector/))
  }
})

test('an adapter of driftmark’s own is loaded by name, out of process', async () => {
  const { adapter, inProcess } = await loadAdapter('sim')
  assert.equal(adapter.name, 'sim')
  assert.equal(inProcess, false)
})
