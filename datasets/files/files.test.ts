import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import type { DatasetSpec, Metric } from '../../harness/model/index.ts'
import { openDataset, readIbin, readIvecs } from '../index.ts'
import { layoutOf } from './layout.ts'
import { vectorsOf } from './vectors.ts'
import { bin, npy, vecs } from './write.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'driftmark-files-'))
after(() => rmSync(folder, { recursive: true }))

let written = 0
/** Writes a file of this name under a folder-unique prefix and tells its path. */
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, `${written++}-${name}`)
  writeFileSync(path, bytes)
  return path
}
const ROWS = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
  [0, 1, 0],
]
const QUERIES = [
  [1, 1, 1],
  [2, 0, 2],
]
const queries = () => file('q.fbin', bin('f4', QUERIES))
const open = (path: string, more: Record<string, string | number> = {}, metric: Metric = 'l2') =>
  openDataset({ path, queries: queries(), ...more } as DatasetSpec, metric, '/')

const FORMATS: [string, Uint8Array][] = [
  ['a.fvecs', vecs('f4', ROWS)],
  ['a.ivecs', vecs('i4', ROWS)],
  ['a.bvecs', vecs('u1', ROWS)],
  ['a.fbin', bin('f4', ROWS)],
  ['a.ibin', bin('i4', ROWS)],
  ['a.u8bin', bin('u1', ROWS)],
  ['a.i8bin', bin('i1', ROWS)],
  ['a.npy', npy(1, '<f4', ROWS)],
  ['b.npy', npy(2, '<f8', ROWS)],
  ['c.npy', npy(3, '|u1', ROWS)],
  ['d.npy', npy(1, '|i1', ROWS)],
]

test('every format gives the same rows, by row and by range', async () => {
  for (const [name, bytes] of FORMATS) {
    const { rows, models } = await open(file(name, bytes))
    const { vectors } = models[0]!
    assert.equal(rows, 4, name)
    assert.deepEqual([...vectors.slice(0, 4)], ROWS.flat(), name)
    assert.deepEqual([...vectors.slice(1, 3)], [4, 5, 6, 7, 8, 9], name)
    assert.deepEqual([...vectors.at(3)], [0, 1, 0], name)
  }
})

test('revisions lie behind each other, and further models have files of their own', async () => {
  const path2 = file('m2.fbin', bin('f4', [[1], [2], [3], [4]]))
  const queries2 = file('q2.fbin', bin('f4', [[5], [6]]))
  const path = file('m1.fbin', bin('f4', ROWS))
  const dataset = await open(path, { revisions: 2, path2, queries2, dimensions: 3 })
  assert.deepEqual([dataset.name, dataset.rows, dataset.revisions], [basename(path), 2, 2])
  assert.deepEqual(
    dataset.models.map(({ dimensions, vectors, queries }) => [
      dimensions,
      vectors.count,
      queries.count,
    ]),
    [
      [3, 4, 2],
      [1, 4, 2],
    ],
  )
  assert.deepEqual([...dataset.models[1]!.queries.at(1)], [6])
  assert.deepEqual([dataset.cluster(0), dataset.cluster(1)].sort(), [0, 1])
})

const refused = (path: string, place: string, why: RegExp, metric: Metric = 'l2') =>
  assert.rejects(open(path, {}, metric), (error: Error) => {
    assert.ok(error.message.startsWith(`The file ${path} is refused at ${place}: `), error.message)
    assert.match(error.message, why)
    return true
  })

test('a damaged file is refused with its row and its byte', async () => {
  const cut = (name: string, bytes: Uint8Array, size: number) => file(name, bytes.slice(0, size))
  const longer = (bytes: Uint8Array) => new Uint8Array([...bytes, 0])
  const fbin = bin('f4', ROWS)
  const fvecs = vecs('f4', ROWS)
  await refused(cut('a.fbin', fbin, 50), 'row 3, byte 50', /ends here, 6 bytes before row 3 does/)
  await refused(cut('a.fbin', fbin, 7), 'row 0, byte 7', /before its header of 8 bytes/)
  await refused(file('a.fbin', longer(fbin)), 'row 4, byte 56', /1 bytes more than its header/)
  await refused(file('a.fbin', new Uint8Array(8)), 'row 0, byte 0', /0 rows of 0 dimensions/)
  await refused(cut('a.fvecs', fvecs, 40), 'row 2, byte 40', /ends here, 8 bytes before row 2 does/)
  await refused(cut('a.fvecs', fvecs, 0), 'row 0, byte 0', /before the first row/)
  const otherDimension = fvecs.slice()
  new DataView(otherDimension.buffer).setUint32(32, 4, true)
  await refused(file('a.fvecs', otherDimension), 'row 2, byte 32', /has 4 dimensions, row 0 has 3/)
})

test('NaN, infinite and, under cosine, zero vectors are refused with row and byte', async () => {
  const withRow2 = (row: number[]) => [ROWS[0]!, ROWS[1]!, row, ROWS[3]!]
  const { NaN: nan } = Number
  await refused(file('a.fbin', bin('f4', withRow2([7, nan, 9]))), 'row 2, byte 36', /value is NaN/)
  await refused(file('a.fvecs', vecs('f4', withRow2([7, 8, -Infinity]))), 'row 2, byte 44', /-Inf/)
  await refused(file('a.npy', npy(1, '<f8', withRow2([1e39, 0, 0]))), 'row 2, byte 176', /Infinity/)
  const zero = file('a.fbin', bin('f4', withRow2([0, 0, 0])))
  await refused(zero, 'row 2, byte 32', /zero vector has no cosine/, 'cosine')
  await open(zero)
})

test('NumPy arrays of another kind are refused by name', async () => {
  const refusedNpy = (bytes: Uint8Array, why: RegExp) =>
    refused(file('a.npy', bytes), 'row 0, byte 0', why)
  await refusedNpy(npy(1, '<f4', ROWS, { order: 'True' }), /Fortran order/)
  await refusedNpy(npy(1, '>f4', ROWS), /">f4", which is none of <f4, <f8, \|u1, \|i1/)
  await refusedNpy(npy(1, '<f2', ROWS), /"<f2"/)
  await refusedNpy(npy(1, '<f4', ROWS, { shape: '(12,)' }), /shape is \(12,\)/)
  await refusedNpy(npy(1, '<f4', ROWS, { shape: '(2, 2, 3)' }), /shape is \(2, 2, 3\)/)
  await refusedNpy(npy(4, '<f4', ROWS), /version 4/)
  await refusedNpy(new Uint8Array(64), /does not begin as a NumPy file/)
  await refusedNpy(npy(1, '<f4', ROWS).slice(0, 40), /header of 128 bytes is longer than the file/)
})

test('files that do not fit together are refused', async () => {
  const path = file('m1.fbin', bin('f4', ROWS))
  const rejects = (more: Record<string, string | number>, why: RegExp) =>
    assert.rejects(open(path, more), why)
  await rejects({ dimensions: 4 }, /m1\.fbin is refused .* has 3 dimensions, declared are 4/)
  await rejects({ queries: file('q.fbin', bin('f4', [[1]])) }, /1 dimensions, its rows have 3/)
  await rejects({ revisions: 3 }, /"revisions" .* is 3; allowed is a divisor of the 4 vectors/)
  await rejects({ rows: 3 }, /has no parameter "rows"/)
  await rejects({ path2: path }, /"queries2" .* is missing; allowed is the path of a file/)
  await rejects({ path3: path }, /has no parameter "path3"/)
  const fewer = file('m2.fbin', bin('f4', ROWS.slice(1)))
  await rejects(
    { path2: fewer, queries2: queries() },
    /row 3, byte 44: it has 3 rows, model 1 has 4/,
  )
  await rejects(
    { queries: join(folder, 'none.fbin') },
    /none\.fbin is refused .* cannot be read: there is no such file/,
  )
  await assert.rejects(open(file('a.csv', new Uint8Array(8))), /"\.csv" is none of \.fvecs,/)
})

test('a relative path resolves against the base', async () => {
  const [path, asked] = [file('m1.fbin', bin('f4', ROWS)), queries()]
  const spec = { path: basename(path), queries: basename(asked) }
  assert.equal((await openDataset(spec, 'l2', folder)).rows, 4)
})

test('the fingerprint follows contents and shape, not the folder, and one bit changes it', async () => {
  const print = async (rows: number[][], more = {}) => {
    const path = join(folder, 'same.fbin')
    writeFileSync(path, bin('f4', rows))
    return (await open(path, more)).fingerprint
  }
  const first = await print(ROWS)
  assert.match(first, /^sha256:[0-9a-f]{64}$/)
  assert.equal(await print(ROWS), first)
  const oneBit = [...ROWS.slice(0, 3), [0, 1 + 2 ** -23, 0]]
  assert.notEqual(await print(oneBit), first)
  assert.notEqual(await print(ROWS, { revisions: 2 }), first)
})

test('a range read equals the whole, across blocks and beyond what is kept of them', () => {
  const [count, dimensions] = [3000, 1501]
  const values = Float32Array.from({ length: count * dimensions }, (_, i) => i % 65_537)
  const header = new Uint8Array(new Uint32Array([count, dimensions]).buffer)
  const path = file('big.fbin', Buffer.concat([header, new Uint8Array(values.buffer)]))
  const vectors = vectorsOf(layoutOf(path))
  const row = fc.nat(count - 1)
  fc.assert(
    fc.property(row, row, (a, b) => {
      const [from, to] = [Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + 200)]
      const expected = values.subarray(from * dimensions, to * dimensions)
      assert.ok(Buffer.compare(bytes(vectors.slice(from, to)), bytes(expected)) === 0)
      const one = values.subarray(a * dimensions, (a + 1) * dimensions)
      assert.ok(Buffer.compare(bytes(vectors.at(a)), bytes(one)) === 0)
    }),
    { numRuns: 60 },
  )
})

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength)

test('a file that shrinks after it was checked is refused when it is read', async () => {
  const path = file('a.fbin', bin('f4', ROWS))
  const { models } = await open(path)
  truncateSync(path, 30)
  assert.throws(() => models[0]!.vectors.at(2), /become shorter/)
})

test('another thread opens the files again', async () => {
  const dataset = await open(file('a.npy', npy(1, '<f4', ROWS)))
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.index).then(({ reopen }) => {
      const { fingerprint, models } = reopen(workerData.source)
      parentPort.postMessage([fingerprint, models[0].vectors.slice(0, 4), models[0].queries.at(1)])
    })`
  const index = new URL('../index.ts', import.meta.url).href
  const worker = new Worker(code, { eval: true, workerData: { index, source: dataset.source } })
  const seen = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  const [rows, query] = [ROWS.flat(), QUERIES[1]!].map((values) => Float32Array.from(values))
  assert.deepEqual(seen, [dataset.fingerprint, rows, query])
  await worker.terminate()
})

test('ids are read from ibin and ivecs, and from nothing else', () => {
  const expected = { count: 2, width: 3, values: Int32Array.of(1, 1, 1, 2, 0, 2) }
  assert.deepEqual(readIbin(file('gt.ibin', bin('i4', QUERIES))), expected)
  assert.deepEqual(readIvecs(file('gt.ivecs', vecs('i4', QUERIES))), expected)
  assert.throws(() => readIbin(file('gt.fbin', bin('f4', QUERIES))), /ids are read from \.ibin/)
  const uneven = vecs('i4', QUERIES)
  new DataView(uneven.buffer).setUint32(16, 2, true)
  assert.throws(() => readIvecs(file('gt.ivecs', uneven)), /row 1, byte 16: it has 2 ids/)
})
