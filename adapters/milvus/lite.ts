import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FIELD, indexOf } from './calls.ts'
import { type Evidence, planOf, tell } from './evidence.ts'
import type { Index } from './options.ts'

/*
 * milvus-lite answers nothing about segments, and that every row is indexed whatever is true. Its folder tells: a segment is a
 * Parquet file that manifest.json names, searched by brute force until its index stands beside it; what is in no segment yet is in
 * memory and in the log, and always searched by brute force.
 */

interface Manifest {
  readonly partitions: Readonly<Record<string, { readonly data_files: readonly string[] }>>
}

/** What the folder of a milvus-lite shows of one collection; `name` is that of the collection itself, no alias. */
export const folderEvidence = (data: string, name: string, index: Index): Evidence => {
  const root = join(data, 'collections', name)
  const { partitions } = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as Manifest
  const suffix = `.${FIELD.vector}.${indexOf(index).type.toLowerCase()}.idx`
  const segments = Object.entries(partitions).flatMap(([partition, { data_files }]) =>
    data_files.map((file) => {
      const folder = join(root, 'partitions', partition)
      const indexed = join(folder, 'indexes', basename(file, '.parquet') + suffix)
      return { bytes: sizeOf(join(folder, file)), indexBytes: sizeOf(indexed) }
    }),
  )
  const log = logOf(join(root, 'wal'))
  const indexed = segments.filter(({ indexBytes }) => indexBytes > 0)
  const bare = segments.length - indexed.length
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  return {
    stats: {
      segments: segments.length,
      segments_indexed: indexed.length,
      segment_bytes: sum(segments.map(({ bytes }) => bytes)),
      index_bytes: sum(segments.map(({ indexBytes }) => indexBytes)),
      log_bytes: log.inserts + log.deletes,
    },
    plan: planOf(index, indexed.length, bare + (log.inserts > 0 ? 1 : 0)),
    missing: [
      ...(log.inserts + log.deletes > 0 ? ['what is in its log is in no segment'] : []),
      ...tell(bare, 'segments without their index'),
    ],
  }
}

/** Bytes of the log: of what was inserted and of what was deleted since the last flush. */
const logOf = (folder: string): { readonly inserts: number; readonly deletes: number } => {
  const files = existsSync(folder) ? readdirSync(folder) : []
  const sum = (prefix: string) =>
    files
      .filter((file) => file.startsWith(prefix))
      .reduce((bytes, file) => bytes + sizeOf(join(folder, file)), 0)
  return { inserts: sum('wal_data_'), deletes: sum('wal_delta_') }
}

/** 0 for a file that is not there, or no longer. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
