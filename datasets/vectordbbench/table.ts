import { basename } from 'node:path'
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { refusePacked } from '../packed/refuse.ts'

/** A Parquet file that is read by range of rows. */
export interface Table {
  readonly path: string
  readonly count: number
  /** Rows of some columns in order, in pieces that never span two row groups: calls `take` with each and its first row; ends at row `upTo`. */
  read(
    columns: readonly string[],
    most: number,
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
    read: async (columns, most, take, upTo = Number.POSITIVE_INFINITY) => {
      let start = 0
      for (const group of metadata.row_groups) {
        const end = start + Number(group.num_rows)
        for (let from = start; from < Math.min(end, upTo); from += most) {
          const to = Math.min(end, from + most)
          const range = { rowStart: from, rowEnd: to, columns: [...columns] }
          const rows = await attempt(path, `rows ${from} to ${to - 1}`, async () => {
            let read: readonly Record<string, unknown>[] = []
            await parquetRead({
              ...opened,
              ...range,
              compressors,
              rowFormat: 'object',
              onComplete: (found) => {
                read = found
              },
            })
            return read
          })
          if (rows.length !== to - from) {
            throw refusePacked(
              path,
              `rows ${from} to ${to - 1}`,
              `${rows.length} of them are there`,
            )
          }
          take(rows, from)
        }
        start = end
      }
    },
  }
}

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
