import { join } from 'node:path'
import type { Dataset as H5Dataset, File as H5File } from 'h5wasm/node'
import type { Metric } from '../../harness/model/index.ts'
import { type Folder, type Unpacked, unpackOnce } from '../packed/cache.ts'
import { refusePacked } from '../packed/refuse.ts'
import { vectorWriter, writeIds } from '../packed/write.ts'

const METRICS: Readonly<Record<string, Metric>> = { euclidean: 'l2', angular: 'cosine' }

/** Bytes of vectors that are in memory at once. */
const BLOCK = 1 << 24

/**
 * Unpacks an ann-benchmarks HDF5 file: `train` and `test` (float32 or float64, rows × dimensions), `neighbors` (row
 * numbers of each query's nearest) where there are any, and the attributes `distance` (euclidean, angular) and
 * `dimension`. Rows are read block by block. Throws DATASET_PACKED.
 */
export const unpackHdf5 = (path: string): Promise<Folder> =>
  unpackOnce('hdf5', [path], async (dir) => {
    const { ready, File } = await import('h5wasm/node')
    // Without it a block that cannot be read comes back as whatever the memory held.
    ;(await ready).activate_throwing_error_handler()
    const file = attempt(path, 'its beginning', () => new File(path, 'r'))
    try {
      return unpack(path, file, dir)
    } finally {
      file.close()
    }
  })

const unpack = (path: string, file: H5File, dir: string): Unpacked => {
  const metric = metricOf(path, file)
  const train = matrixOf(path, file, 'train', FLOATS)
  const test = matrixOf(path, file, 'test', FLOATS)
  const declared = attributeOf(file, 'dimension')
  for (const [place, found] of [
    ['test', test.dimensions],
    ['its attribute dimension', declared],
  ] as const) {
    if (found === null || Number(found) === train.dimensions) continue
    throw refusePacked(path, place, `it says ${found} dimensions, train has ${train.dimensions}`)
  }
  const zero = {
    rows: copyVectors(path, train, join(dir, 'rows.fbin')),
    queries: copyVectors(path, test, join(dir, 'queries.fbin')),
  }
  const neighbours = copyNeighbours(path, file, train.count, test.count, dir)
  return { metric, zero, neighbours, note: null }
}

const metricOf = (path: string, file: H5File): Metric | null => {
  const found = attributeOf(file, 'distance')
  if (found === null) return null
  if (Object.hasOwn(METRICS, String(found))) return METRICS[String(found)]!
  const why = `the distance is "${found}", which is none of ${Object.keys(METRICS).join(', ')}`
  throw refusePacked(path, 'its attribute distance', why)
}

const attributeOf = (file: H5File, name: string): unknown => file.attrs[name]?.value ?? null

interface Matrix {
  readonly name: string
  readonly count: number
  readonly dimensions: number
  read(from: number, to: number): ArrayLike<number | bigint>
}

const FLOATS = ['f', 'd']
const INTEGERS = ['b', 'B', 'h', 'H', 'i', 'I', 'q', 'Q']

/** A two-dimensional dataset of the file; `types`: letters of its type, the byte order apart. */
const matrixOf = (path: string, file: H5File, name: string, types: readonly string[]): Matrix => {
  if (!file.keys().includes(name)) {
    throw refusePacked(path, name, `there is no such dataset; there are ${file.keys().join(', ')}`)
  }
  const found = attempt(path, name, () => file.get(name)) as H5Dataset
  const { shape, dtype } = found
  const letter = typeof dtype === 'string' ? dtype.replace(/^[<>|=]/, '') : JSON.stringify(dtype)
  if (!types.includes(letter)) {
    throw refusePacked(
      path,
      name,
      `its values are of type ${JSON.stringify(dtype)}, allowed are ${types.join(', ')}`,
    )
  }
  const [count, dimensions] = shape ?? []
  if (shape?.length !== 2 || !count || !dimensions) {
    throw refusePacked(path, name, `its shape is (${shape?.join(', ')}), not (rows, dimensions)`)
  }
  return {
    name,
    count,
    dimensions,
    read: (from, to) =>
      attempt(path, `${name}, rows ${from} to ${to - 1}`, () =>
        found.slice([[from, to], []]),
      ) as unknown as ArrayLike<number | bigint>,
  }
}

/** Returns the first row of zeros, or −1. */
const copyVectors = (
  path: string,
  { name, count, dimensions, read }: Matrix,
  to: string,
): number => {
  const place = (row: number): string => `${name}, row ${row}`
  const writer = vectorWriter(to, count, dimensions, (row, why) =>
    refusePacked(path, place(row), why),
  )
  try {
    const most = Math.max(1, Math.floor(BLOCK / (4 * dimensions)))
    for (let from = 0; from < count; from += most) {
      const values = read(from, Math.min(count, from + most)) as ArrayLike<number>
      writer.write(from, Float32Array.from(values))
    }
    return writer.zero
  } finally {
    writer.close()
  }
}

/** Returns how many neighbours each query has; 0 if the file gives none. */
const copyNeighbours = (
  path: string,
  file: H5File,
  rows: number,
  queries: number,
  dir: string,
): number => {
  if (!file.keys().includes('neighbors')) return 0
  const { count, dimensions: width, read } = matrixOf(path, file, 'neighbors', INTEGERS)
  if (count !== queries) {
    throw refusePacked(path, 'neighbors', `it has ${count} rows, test has ${queries}`)
  }
  const ids = Int32Array.from(read(0, count), Number)
  const wrong = ids.findIndex((id) => id < 0 || id >= rows)
  if (wrong >= 0) {
    const place = `neighbors, row ${Math.floor(wrong / width)}, place ${wrong % width}`
    throw refusePacked(path, place, `it names row ${ids[wrong]}, and train has ${rows}`)
  }
  writeIds(join(dir, 'neighbors.ibin'), width, ids)
  return width
}

/** The last and innermost reason of the library's report is the one that says what is wrong. */
const attempt = <T>(path: string, place: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const reasons = [...text.matchAll(/\(\): (.+)$/gm)].map(([, reason]) => reason)
    throw refusePacked(path, place, reasons.at(-1) ?? text.split('\n')[0]!, error)
  }
}
