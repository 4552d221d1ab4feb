import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TSC = join(ROOT, 'node_modules/.bin/tsc')

/** All that there is to import, used. */
const PROGRAM = `import {
  type Client, createClient, type Found, HnswIndex, type HnswOnDisk, type HnswSettings, type Metric, type OpenSettings,
  type RemoteCollection, type Row, type SearchSettings, type Shape, type Stats, type Vector,
} from 'driftmark/hnsw'
const metric: Metric = 'cosine'
const settings: OpenSettings = { dimensions: 3, metric, sync: 'never' }
const index: HnswOnDisk = await HnswIndex.open('./rows', settings)
const vector: Vector = [1, 0, 0]
await index.upsert(1, vector)
const wide: SearchSettings = { ef: 100 }
const found: Found = index.search(vector, 2, wide)
const { rows }: { rows: number } = await index.checkpoint()
const inMemory: HnswSettings = { dimensions: 3, mostBytes: 2 ** 30 }
const copy = new HnswIndex(inMemory, new HnswIndex(inMemory).image())
const [stats, shape]: [Stats, Shape] = [copy.stats(), copy.shape()]
const client: Client = createClient('http://127.0.0.1:7700', 1)
const row: Row = { id: rows, version: stats.live, vector: Float32Array.of(shape.meanDegree) }
const remote: RemoteCollection = client.collection('docs')
await remote.upsert([row], AbortSignal.timeout(1000))
export const ids: Uint32Array = found.ids
`

/** A program beside the package's declarations, as npm lays them: nothing else is installed but what they import. */
const installed = async (t: TestContext): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-types-'))
  t.after(() => rm(dir, { recursive: true }))
  const own = join(dir, 'node_modules', 'driftmark')
  await mkdir(own, { recursive: true })
  await writeJson(join(dir, 'build.json'), {
    extends: join(ROOT, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: join(own, 'dist'),
      emitDeclarationOnly: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: [join(ROOT, 'adapters/hnsw/library/index.ts')],
    include: [],
  })
  await run(TSC, ['-p', join(dir, 'build.json')])
  await copyFile(join(ROOT, 'package.json'), join(own, 'package.json'))
  await symlink(join(ROOT, 'node_modules/zod'), join(dir, 'node_modules/zod'))
  await writeJson(join(dir, 'package.json'), { type: 'module' })
  await writeFile(join(dir, 'program.ts'), PROGRAM)
  return dir
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, JSON.stringify(value))

test('a strict program that has no types of Node compiles with the package', async (t) => {
  const cwd = await installed(t)
  for (const how of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    const words = ['--strict', '--noEmit', '--target', 'es2024', ...how, 'program.ts']
    const { stdout } = await run(TSC, words, { cwd }).catch((error) => error)
    assert.equal(stdout, '', how.join(' '))
  }
})
