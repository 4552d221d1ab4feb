import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { File, ready } from 'h5wasm/node'
import { openDataset, openPacked, reopen } from '../index.ts'
import { scratch } from '../packed/scratch.fixture.ts'

await ready

interface Part {
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array
  readonly shape: readonly number[]
  readonly gzip?: boolean
}

const TRAIN: Part = { data: Float32Array.of(0, 0, 3, 4, 1, 0, 0, 2), shape: [4, 2] }
const TEST: Part = { data: Float32Array.of(0, 1, 3, 3), shape: [2, 2] }
const NEIGHBORS: Part = { data: Int32Array.of(0, 3, 1, 2), shape: [2, 2] }
const WHOLE = { train: TRAIN, test: TEST, neighbors: NEIGHBORS }

/** An ann-benchmarks file of these parts; returns its path. */
const write = (
  name: string,
  parts: Readonly<Record<string, Part>>,
  attributes: Readonly<Record<string, string | number>> = { distance: 'euclidean', dimension: 2 },
): string => {
  const path = join(scratch, `${name}.hdf5`)
  const file = new File(path, 'w')
  for (const [key, value] of Object.entries(attributes)) file.create_attribute(key, value)
  for (const [key, { data, shape, gzip }] of Object.entries(parts)) {
    const chunks = gzip ? { chunks: [2, 2], compression: 6 } : {}
    file.create_dataset({ name: key, data, shape: [...shape], ...chunks })
  }
  file.close()
  return path
}

const refused = (file: string, message: RegExp, metric: 'l2' | 'cosine' = 'l2') =>
  assert.rejects(openPacked({ file }, metric, '/'), message)

test('rows, queries and neighbours of a file, its metric, and the same in another thread', async () => {
  const { dataset, metric, neighbours } = await openPacked(
    { file: write('whole', WHOLE) },
    null,
    '/',
  )
  assert.equal(metric, 'l2')
  assert.deepEqual([dataset.name, dataset.rows, dataset.revisions], ['whole.hdf5', 4, 1])
  assert.deepEqual([...dataset.models[0]!.vectors.slice(1, 3)], [3, 4, 1, 0])
  assert.deepEqual([...dataset.models[0]!.queries.at(1)], [3, 3])
  assert.deepEqual([...neighbours()!.values], [0, 3, 1, 2])
  assert.deepEqual(reopen(dataset.source).models[0]!.vectors.at(3), Float32Array.of(0, 2))
})

test('chunks under gzip, float64 and 64-bit neighbours hold the same rows', async () => {
  const parts = {
    train: { ...TRAIN, data: Float64Array.from(TRAIN.data as Float32Array), gzip: true },
    test: { ...TEST, gzip: true },
    neighbors: { data: BigInt64Array.of(0n, 3n, 1n, 2n), shape: [2, 2] },
  }
  const plain = await openDataset({ file: write('plain', WHOLE) }, 'l2', '/')
  const packed = await openPacked({ file: write('gzip', parts) }, 'l2', '/')
  assert.equal(packed.dataset.fingerprint, plain.fingerprint)
  assert.deepEqual([...packed.neighbours()!.values], [0, 3, 1, 2])
})

test('a file is unpacked once; a changed one again', async () => {
  const path = write('again', WHOLE)
  const first = await openPacked({ file: path }, 'l2', '/')
  assert.deepEqual(
    (await openPacked({ file: path }, 'l2', '/')).dataset.source,
    first.dataset.source,
  )
  const train = { data: Float32Array.of(9, 9, 9, 9, 9, 9, 9, 9, 9, 9), shape: [5, 2] }
  const { dataset } = await openPacked({ file: write('again', { ...WHOLE, train }) }, 'l2', '/')
  assert.equal(dataset.rows, 5)
})

test('the metric must be one that is known, and the scenario’s', async () => {
  const distance = (name: string) => write(name, WHOLE, { distance: name })
  await refused(distance('hamming'), /at its attribute distance: the distance is "hamming", which/)
  await refused(distance('euclidean'), /its metric is l2, and cosine is asked for/, 'cosine')
  await refused(distance('angular'), /at rows, row 0: a zero vector has no cosine/, 'cosine')
})

test('a file that lacks a part, or whose parts do not fit, is refused with the part', async () => {
  const { train, test: queries } = WHOLE
  await refused(write('no-test', { train }), /at test: there is no such dataset; there are train\./)
  await refused(
    write('dims', { train, test: { data: Float32Array.of(1, 2, 3), shape: [1, 3] } }),
    /at test: it says 3 dimensions, train has 2/,
  )
  await refused(
    write('attribute', WHOLE, { dimension: 3 }),
    /at its attribute dimension: it says 3/,
  )
  await refused(
    write('type', { ...WHOLE, train: { data: Int32Array.of(1, 2), shape: [1, 2] } }),
    /at train: its values are of type "<i", allowed are f, d/,
  )
  await refused(
    write('flat', { ...WHOLE, train: { data: Float32Array.of(1, 2), shape: [2] } }),
    /at train: its shape is \(2\), not \(rows, dimensions\)/,
  )
  await refused(
    write('nan', {
      train: { data: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] },
      test: queries,
    }),
    /at train, row 1: value 1 is NaN/,
  )
  await refused(
    write('range', { ...WHOLE, neighbors: { data: Int32Array.of(0, 3, 4, 2), shape: [2, 2] } }),
    /at neighbors, row 1, place 0: it names row 4, and train has 4/,
  )
  await refused(
    write('few', { ...WHOLE, neighbors: { data: Int32Array.of(0, 3), shape: [1, 2] } }),
    /at neighbors: it has 1 rows, test has 2/,
  )
})

test('a damaged file is refused, and never read as what the memory held', async () => {
  const bytes = readFileSync(write('sound', { ...WHOLE, train: { ...TRAIN, gzip: true } }))
  const damaged = (name: string, content: Uint8Array): string => {
    writeFileSync(join(scratch, `${name}.hdf5`), content)
    return join(scratch, `${name}.hdf5`)
  }
  await refused(damaged('cut', bytes.subarray(0, 700)), /at its beginning: truncated file/)
  await refused(damaged('junk', Buffer.from('hello')), /at its beginning: file signature not found/)
  await refused(
    join(scratch, 'none.hdf5'),
    /at its beginning: it cannot be read: there is no such file/,
  )
  await refused(join(scratch, 'rows.txt'), /at its name: it is neither an HDF5 file/)
  const zlib = bytes.indexOf(Buffer.from([0x78, 0x9c])) >= 0 ? [0x78, 0x9c] : [0x78, 0x5e]
  const at = bytes.indexOf(Buffer.from(zlib))
  assert.ok(at > 0, 'the compressed block is there')
  bytes.fill(7, at, at + 8)
  await refused(
    damaged('block', bytes),
    /at train, rows 0 to 3: filter returned failure during read/,
  )
})
