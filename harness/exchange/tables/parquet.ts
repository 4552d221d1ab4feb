import type { SchemaElement } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import type { CellType, Table } from './table.ts'

/** Rows that are held at once. */
const GROUP = 1 << 15

/** Every column may be null. Lists are in the three levels of the Parquet format's LIST type. */
const ELEMENTS: Readonly<Record<CellType, (name: string) => readonly SchemaElement[]>> = {
  int: (name) => [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }],
  double: (name) => [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }],
  text: (name) => [
    { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ],
  ints: (name) => [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'INT32', repetition_type: 'REQUIRED' },
  ],
}

/** Writes a table as a Parquet file, a row group at a time; the file is made or emptied. */
export const writeParquet = async (path: string, table: Table): Promise<void> => {
  const { columns, count } = table
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(({ name, type }) => ELEMENTS[type](name)),
  ]
  const file = new ParquetWriter({
    writer: fileWriter(path),
    schema,
    codec: 'SNAPPY',
    createdBy: 'driftmark',
  })
  for (let from = 0; from < count; from += GROUP) {
    const rows = Math.min(GROUP, count - from)
    await file.write({
      rowGroupSize: rows,
      columnData: columns.map(({ name, of }) => ({
        name,
        data: Array.from({ length: rows }, (_, i) => of(from + i)),
      })),
    })
  }
  await file.finish()
}
