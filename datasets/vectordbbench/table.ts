import { basename } from 'node:path'
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { refusePacked } from '../packed/refuse.ts'

/** A Parquet file that is read by range of rows. */
export interface Table {
  readonly path: string
  readonly count: number
  /** Some columns, one row group after the other: calls `take` with its rows and the number of the first; ends at row `upTo`. */
  read(
    columns: readonly string[],
    take: (rows: readonly Readonly<Record<string, unknown>>[], from: number) => void,
    upTo?: number,
  ): Promise<void>
}

/** Opens a file that must have these columns. Throws DATASET_PACKED. */
export const openTable = async (path: string, columns: readonly string[]): Promise<Table> => {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } = await import(
    'hyparquet'
  )
  const { compressors } = await import('hyparquet-compressors')
  const opened = await attempt(path, 'its footer', async () => {
    const file: AsyncBuffer = await asyncBufferFromFile(path)
    const metadata: FileMetaData = await parquetMetadataAsync(file)
    return { file, metadata }
  })
  const { metadata } = opened
  const known = parquetSchema(metadata).children.map(({ element }) => element.name)
  for (const column of columns) {
    if (known.includes(column)) continue
    const why = `there is no such column; there are ${known.join(', ')}`
    throw refusePacked(path, `column ${column}`, why)
  }
  return {
    path,
    count: Number(metadata.num_rows),
    read: async (columns, take, upTo = Number.POSITIVE_INFINITY) => {
      let from = 0
      for (const { columns: chunks, num_rows } of metadata.row_groups) {
        if (from >= upTo) return
        const to = from + Number(num_rows)
        const place = `rows ${from} to ${to - 1}`
        const values = chunks.reduce(
          (most, { meta_data }) => Math.max(most, Number(meta_data?.num_values ?? 0)),
          0,
        )
        if (values > MOST) throw refusePacked(path, place, tooLarge(values))
        const range = { rowStart: from, rowEnd: Math.min(to, upTo), columns: [...columns] }
        const rows = await attempt(path, place, async () => {
          let read: readonly Record<string, unknown>[] = []
          const onComplete = (found: readonly Record<string, unknown>[]): void => {
            read = found
          }
          await parquetRead({ ...opened, ...range, compressors, rowFormat: 'object', onComplete })
          return read
        })
        const asked = range.rowEnd - from
        if (rows.length !== asked) {
          throw refusePacked(path, place, `${rows.length} of ${asked} rows are there`)
        }
        take(rows, from)
        from = to
      }
    },
  }
}

/** Values of one column of a row group, at most: a list column is decoded a row group at a time, and held in memory. */
const MOST = 1 << 27

const tooLarge = (values: number): string =>
  `the row group holds ${values} values, and at most ${MOST} are decoded at once; write the file again with smaller row groups`

const attempt = async <T>(path: string, place: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw refusePacked(path, place, why, error)
  }
}

/** A whole number of a column, from 64 or 32 bits. */
export const wholeOf = (path: string, place: string, value: unknown): number => {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw refusePacked(path, place, `${String(value)} is no whole number`)
}

/** What a list of a column holds, as an array. */
export const listOf = (path: string, place: string, value: unknown): ArrayLike<unknown> => {
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return value as unknown as ArrayLike<unknown>
  throw refusePacked(path, place, `${String(value)} is no list`)
}

export const placeOf = (path: string, column: string, row: number): string =>
  `${basename(path)}, column ${column}, row ${row}`
