import {
  type Data,
  type DataType,
  Field,
  Float64,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from 'apache-arrow'
import { SEAL, UNSEALED } from './seal.ts'

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

const listOf = (type: DataType): DataType => new List(new Field('item', type, false))

/** The column types of a run folder. `float64?` is null where the value is NaN; `text` where it is null. */
export const COLUMN = {
  uint8: new Uint8(),
  uint16: new Uint16(),
  uint32: new Uint32(),
  int32: new Int32(),
  float64: new Float64(),
  'float64?': new Float64(),
  text: new Utf8(),
  'uint32[]': listOf(new Uint32()),
  'int32[]': listOf(new Int32()),
} as const satisfies Record<string, DataType>

/** Columns of a file in their order: name -> type. */
export type Layout = Readonly<Record<string, keyof typeof COLUMN>>

/** A list column: the values of row i are `values[offsets[i]] … values[offsets[i + 1] − 1]`. */
export interface Lists<T extends Numbers | Int16Array | Int8Array> {
  readonly offsets: Uint32Array
  readonly values: T
}
type Texts = readonly (string | null)[]

export const schemaOf = (
  layout: Layout,
  metadata: Readonly<Record<string, string>> = {},
): Schema => {
  const fields = Object.entries(layout).map(
    ([name, type]) => new Field(name, COLUMN[type], type === 'float64?' || type === 'text'),
  )
  return new Schema(fields, new Map(Object.entries({ ...metadata, [SEAL]: UNSEALED })))
}

/**
 * One record batch of `count` rows; `columns` in the order of the layout. Every column is copied: Arrow's writer joins
 * neighbouring chunks of one buffer by their byte ranges, and two columns that share an array would become one.
 */
export const batchOf = (
  schema: Schema,
  count: number,
  columns: readonly (Numbers | Lists<Numbers> | Texts)[],
  metadata: Readonly<Record<string, string>> = {},
): RecordBatch => {
  const children = schema.fields.map(({ type, nullable }, i) =>
    dataOf(type, nullable, count, columns[i]!),
  )
  const type = new Struct(schema.fields)
  const data = makeData({ type, length: count, nullCount: 0, children })
  const sealable = new Map(Object.entries({ ...metadata, [SEAL]: UNSEALED }))
  return new RecordBatch(schema, data as Data<Struct>, sealable)
}

const dataOf = (
  type: DataType,
  nullable: boolean,
  length: number,
  column: Numbers | Lists<Numbers> | Texts,
): Data => {
  if (Array.isArray(column)) return textData(column.slice(0, length))
  if ('offsets' in column) {
    const { offsets, values } = column as Lists<Numbers>
    const item = (type as List).children[0]!.type
    const used = values.subarray(0, offsets[length])
    const child = dataOf(item, false, used.length, used)
    const valueOffsets = Int32Array.from(offsets.subarray(0, length + 1))
    return makeData({ type: type as List, length, nullCount: 0, valueOffsets, child })
  }
  const data = (column as Numbers).slice(0, length)
  return makeData({ type: type as Float64, length, data, ...nullsOf(nullable, data) }) as Data
}

/** The validity bitmap (1 = there, least significant bit first) of a column whose NaNs are nulls. */
const nullsOf = (nullable: boolean, values: ArrayLike<number>) => {
  const nullBitmap = new Uint8Array(nullable ? (values.length + 7) >> 3 : 0)
  let nullCount = 0
  if (!nullable) return { nullCount }
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) nullCount++
    else nullBitmap[i >> 3]! |= 1 << (i & 7)
  }
  return { nullCount, nullBitmap }
}

const NO_BYTES = Buffer.alloc(0)

const textData = (texts: Texts): Data => {
  const valueOffsets = new Int32Array(texts.length + 1)
  const bytes = texts.map((text) => (text === null ? NO_BYTES : Buffer.from(text)))
  bytes.forEach((part, i) => {
    valueOffsets[i + 1] = valueOffsets[i]! + part.length
  })
  const marks = texts.map((text) => (text === null ? Number.NaN : 0))
  return makeData({
    type: new Utf8(),
    length: texts.length,
    valueOffsets,
    data: Buffer.concat(bytes),
    ...nullsOf(true, marks),
  })
}
