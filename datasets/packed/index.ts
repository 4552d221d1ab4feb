import { statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import type { Dataset, Metric } from '../../harness/model/index.ts'
import { type Ids, readIbin } from '../files/ids.ts'
import { openFiles } from '../files/index.ts'
import { readParameters } from '../parameters.ts'
import type { Folder } from './cache.ts'
import { refusePacked } from './refuse.ts'

type Given = Readonly<Record<string, string | number | undefined>>

/** A packed dataset with what it brings beside rows and queries. */
export interface Packed {
  readonly dataset: Dataset
  /** The metric that the file names, if it names one. */
  readonly metric: Metric | null
  /** What a person should know of how it was read. */
  readonly note: string | null
  /** The neighbours that the file gives for each query, nearest first. */
  neighbours(): Ids | null
}

/** Whether a path is a packed dataset: an HDF5 file by its extension, or a folder. */
export const isPacked = (path: string): boolean =>
  ['.hdf5', '.h5'].includes(extname(path).toLowerCase()) ||
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Opens rows, queries and neighbours that come in one: an ann-benchmarks HDF5 file, or a folder of VectorDBBench's
 * Parquet files. It is unpacked once into a folder of the cache and read by range from there. Throws DATASET_PACKED,
 * DATASET_PARAMETER_UNKNOWN.
 *
 * @param metric the scenario's; null takes the file's own (l2 where it names none)
 */
export const openPacked = async (
  { file, ...given }: Given,
  metric: Metric | null,
  base: string,
): Promise<Packed> => {
  const path = resolve(base, String(file))
  const name = basename(path)
  readParameters(name, {}, given)
  const folder = await unpackedFolder(path)
  if (metric && folder.metric && metric !== folder.metric) {
    const why = `its metric is ${folder.metric}, and ${metric} is asked for`
    throw refusePacked(path, 'its attribute distance', why)
  }
  const serves = metric ?? folder.metric ?? 'l2'
  if (serves === 'cosine') refuseZero(path, folder)
  const files = { path: join(folder.dir, 'rows.fbin'), queries: join(folder.dir, 'queries.fbin') }
  const dataset = openFiles(files, serves, base)
  return {
    dataset: { ...dataset, name },
    metric: folder.metric,
    note: folder.note,
    neighbours: () => (folder.neighbours > 0 ? readIbin(join(folder.dir, 'neighbors.ibin')) : null),
  }
}

const unpackedFolder = async (path: string): Promise<Folder> => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return (await import('../vectordbbench/index.ts')).unpackParquet(path)
  }
  if (isPacked(path)) return (await import('../hdf5/index.ts')).unpackHdf5(path)
  const why = 'it is neither an HDF5 file (.hdf5, .h5) nor a folder of Parquet files'
  throw refusePacked(path, 'its name', why)
}

const refuseZero = (path: string, { zero }: Folder): void => {
  for (const [what, row] of Object.entries(zero)) {
    if (row < 0) continue
    throw refusePacked(path, `${what}, row ${row}`, 'a zero vector has no cosine')
  }
}
