import { dirname, join } from 'node:path'
import { type Folder, type Unpacked, unpackOnce } from '../packed/cache.ts'
import { refusePacked } from '../packed/refuse.ts'
import { type VectorWriter, vectorWriter, writeIds } from '../packed/write.ts'
import { type Numbering, numberingOf } from './ids.ts'
import { type Parts, partsOf } from './parts.ts'
import { listOf, openTable, placeOf, type Table, wholeOf } from './table.ts'

const ID = 'id'
const VECTOR = 'emb'
const NEIGHBOURS = 'neighbors_id'

/**
 * Unpacks a folder of VectorDBBench's Parquet files: `id`, `emb` (a list of floats) in the train and test files,
 * `id`, `neighbors_id` in neighbors.parquet. A row's number is the place of its id among the ids, wherever it stands
 * in the files. Read by row group. Throws DATASET_PACKED.
 */
export const unpackParquet = (folder: string): Promise<Folder> => {
  const parts = partsOf(folder)
  const { train, test, neighbours } = parts
  const files = [...train, test, ...(neighbours === null ? [] : [neighbours])]
  return unpackOnce('vectordbbench', files, (dir) => unpack(parts, dir))
}

const unpack = async ({ train, test, neighbours }: Parts, dir: string): Promise<Unpacked> => {
  const rows = await tablesOf(train, [ID, VECTOR])
  const queries = await tablesOf([test], [ID, VECTOR])
  const dimensions = await dimensionsOf(rows)
  const zero = {
    rows: await copyVectors(rows, dimensions, join(dir, 'rows.fbin')),
    queries: await copyVectors(queries, dimensions, join(dir, 'queries.fbin')),
  }
  const width = neighbours === null ? 0 : await copyNeighbours(neighbours, rows, queries, dir)
  const note = rows.numbering.dense
    ? null
    : `The ids of its rows are not 0 to ${rows.count - 1}: row i is that of the i-th smallest id.`
  return { metric: null, zero, neighbours: width, note }
}

/** The tables that together hold one matrix. */
interface Tables {
  readonly tables: readonly Table[]
  readonly count: number
  readonly numbering: Numbering
}

const tablesOf = async (paths: readonly string[], columns: readonly string[]): Promise<Tables> => {
  const tables: Table[] = []
  for (const path of paths) tables.push(await openTable(path, columns))
  const count = tables.reduce((sum, table) => sum + table.count, 0)
  if (count === 0) throw refusePacked(paths[0]!, 'its footer', 'it has no rows')
  const ids = new Float64Array(count)
  let next = 0
  for (const { path, read } of tables) {
    await read([ID], (rows, from) => {
      rows.forEach((row, i) => {
        ids[next++] = wholeOf(path, placeOf(path, ID, from + i), row[ID])
      })
    })
  }
  const of = paths.length === 1 ? paths[0]! : dirname(paths[0]!)
  return { tables, count, numbering: numberingOf(of, ids) }
}

/** That of the first vector. */
const dimensionsOf = async ({ tables }: Tables): Promise<number> => {
  let dimensions = 0
  const { path, read } = tables.find(({ count }) => count > 0)!
  const take: Parameters<typeof read>[1] = (rows) => {
    dimensions = listOf(path, placeOf(path, VECTOR, 0), rows[0]![VECTOR]).length
  }
  await read([VECTOR], take, 1)
  if (dimensions > 0) return dimensions
  throw refusePacked(path, placeOf(path, VECTOR, 0), 'it has no dimensions')
}

/** Returns the first row of zeros, or −1. */
const copyVectors = async (
  { tables, count, numbering }: Tables,
  dimensions: number,
  to: string,
): Promise<number> => {
  let at = { path: tables[0]!.path, row: 0 }
  const refuse = (_: number, why: string) =>
    refusePacked(at.path, placeOf(at.path, VECTOR, at.row), why)
  const writer = vectorWriter(to, count, dimensions, refuse)
  try {
    for (const { path, read } of tables) {
      await read([ID, VECTOR], (rows, from) => {
        rows.forEach((row, i) => {
          at = { path, row: from + i }
          const id = wholeOf(path, placeOf(path, ID, at.row), row[ID])
          put(writer, numbering.rowOf(id), row[VECTOR], at, dimensions)
        })
      })
    }
    return writer.zero
  } finally {
    writer.close()
  }
}

const put = (
  writer: VectorWriter,
  place: number,
  value: unknown,
  { path, row }: { readonly path: string; readonly row: number },
  dimensions: number,
): void => {
  const where = placeOf(path, VECTOR, row)
  const list = listOf(path, where, value)
  if (list.length !== dimensions) {
    throw refusePacked(
      path,
      where,
      `it has ${list.length} dimensions, the first row has ${dimensions}`,
    )
  }
  const vector = new Float32Array(dimensions)
  for (let i = 0; i < dimensions; i++) {
    const x = list[i]
    if (typeof x !== 'number')
      throw refusePacked(path, where, `value ${i} is ${String(x)}, no float`)
    vector[i] = x
  }
  writer.write(place, vector)
}

/** Returns how many neighbours each query has. */
const copyNeighbours = async (
  path: string,
  rows: Tables,
  queries: Tables,
  dir: string,
): Promise<number> => {
  const table = await openTable(path, [ID, NEIGHBOURS])
  let width = 0
  let ids = new Int32Array(0)
  const seen = new Uint8Array(queries.count)
  await table.read([ID, NEIGHBOURS], (found, from) => {
    found.forEach((row, i) => {
      const where = placeOf(path, NEIGHBOURS, from + i)
      const list = listOf(path, where, row[NEIGHBOURS])
      if (width === 0) {
        width = list.length
        ids = new Int32Array(queries.count * width)
      }
      if (list.length !== width || width === 0) {
        throw refusePacked(
          path,
          where,
          `it has ${list.length} neighbours, the first row has ${width}`,
        )
      }
      const id = wholeOf(path, placeOf(path, ID, from + i), row[ID])
      const query = queries.numbering.rowOf(id)
      if (query < 0) throw refusePacked(path, where, `there is no query ${id} in test.parquet`)
      seen[query] = 1
      for (let j = 0; j < width; j++) {
        const neighbour = wholeOf(path, where, list[j])
        const at = rows.numbering.rowOf(neighbour)
        if (at < 0)
          throw refusePacked(path, where, `place ${j} names row ${neighbour}, which is not there`)
        ids[query * width + j] = at
      }
    })
  })
  const missing = seen.indexOf(0)
  if (missing >= 0)
    throw refusePacked(path, 'column id', `query ${missing} of test.parquet has no neighbours`)
  writeIds(join(dir, 'neighbors.ibin'), width, ids)
  return width
}
