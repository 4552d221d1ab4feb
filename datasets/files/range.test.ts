import assert from 'node:assert/strict'
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { layoutOf } from './layout.ts'
import { LEAST_REMEMBERED, remembered } from './remembered.ts'
import { vectorsOf } from './vectors.ts'

const folder = mkdtempSync(join(tmpdir(), 'driftmark-range-'))
after(() => rmSync(folder, { recursive: true }))

const DIMENSIONS = 96
const STRIDE = 4 * DIMENSIONS

/** An fbin file with holes: `count` rows, of which those named hold their own number. */
const sparse = (name: string, count: number, written: readonly number[]): string => {
  const path = join(folder, name)
  const file = openSync(path, 'w')
  writeSync(file, Uint32Array.of(count, DIMENSIONS))
  for (const row of written) {
    writeSync(file, new Float32Array(DIMENSIONS).fill(row), 0, STRIDE, 8 + row * STRIDE)
  }
  ftruncateSync(file, 8 + count * STRIDE)
  closeSync(file)
  return path
}

test('a file of 40 GB is read by range: its rows are right, its memory stays small', () => {
  const count = 104_000_000
  const written = Array.from({ length: 4_000 }, (_, i) => i * 26_000 + 17)
  const path = sparse('large.fbin', count, written)
  assert.ok(statSync(path).size > 39e9)
  const vectors = vectorsOf(layoutOf(path))
  const before = process.memoryUsage().arrayBuffers
  for (const row of written) {
    assert.ok(vectors.at(row).every((value) => value === Math.fround(row)))
  }
  assert.deepEqual(vectors.slice(16, 19).filter((value) => value !== 0).length, DIMENSIONS)
  // 2,048 blocks of 32 KiB, and what waits to be collected.
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 28)
})

test('a row read ahead is at hand without the file', async () => {
  const path = sparse('ahead.fbin', 4_000, [100, 3_000])
  const vectors = vectorsOf(layoutOf(path))
  await vectors.ahead!(3_000)
  truncateSync(path, 8)
  assert.equal(vectors.at(3_000)[DIMENSIONS - 1], 3_000)
  await vectors.ahead!(100)
  assert.throws(() => vectors.at(100), { code: 'DATASET_FILE' })
})

test('the fingerprint of large files is remembered until one of them is written to, whatever its time of modification', (t) => {
  const cache = process.env.XDG_CACHE_HOME
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  t.after(() => {
    if (cache === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = cache
  })
  const path = join(folder, 'remembered.fbin')
  writeFileSync(path, '')
  truncateSync(path, LEAST_REMEMBERED)
  let computed = 0
  const ask = (how: unknown = 'l2'): string =>
    remembered([path], how, () => `sha256:${String(++computed).padStart(64, '0')}`)
  const first = ask()
  assert.equal(ask(), first)
  assert.notEqual(ask('cosine'), first)
  const { atime, mtime } = statSync(path)
  const file = openSync(path, 'r+')
  writeSync(file, 'changed')
  closeSync(file)
  utimesSync(path, atime, mtime)
  assert.notEqual(ask(), first)
  assert.equal(computed, 3)
  const memory = join(folder, 'cache', 'driftmark', 'fingerprints')
  for (const name of readdirSync(memory)) writeFileSync(join(memory, name), 'sha256:no digest')
  ask()
  assert.equal(computed, 4)
})

test('small files are computed every time', () => {
  const path = sparse('small.fbin', 4, [])
  let computed = 0
  for (let i = 0; i < 2; i++) remembered([path], 'l2', () => String(++computed))
  assert.equal(computed, 2)
})
