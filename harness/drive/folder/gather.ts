import type { Data } from 'apache-arrow'
import type { COLUMN, Layout, Lists } from './columns.ts'
import type { StreamContents } from './stream.ts'

/** Texts as numbers into a list of the different ones, in the order they were met; −1 where there is none. */
export interface Words {
  readonly codes: Int32Array
  readonly words: readonly string[]
}

interface ColumnOf {
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  int32: Int32Array
  float64: Float64Array
  'float64?': Float64Array
  text: Words
  'uint32[]': Lists<Uint32Array>
  'int32[]': Lists<Int8Array | Int16Array | Int32Array>
}
type Gathered<L extends Layout> = { readonly [Name in keyof L]: ColumnOf[L[Name]] }

/** A column on its way: takes the rows of one batch after the other. */
interface Sink {
  readonly column: ColumnOf[keyof ColumnOf]
  take(part: Data, row: number): void
}

/**
 * All columns of a stream, each in one piece that is allocated once, at its full size (lists of int32 as narrow as what they hold allows); of
 * the file no more than one batch is in memory beside them. Nulls become NaN (0 in integers, −1 in texts).
 */
export const gather = <const L extends Layout>(stream: StreamContents, layout: L): Gathered<L> => {
  const { rows, values } = stream
  const sinks = Object.entries(layout).map(
    ([name, type]) => [name, sinkOf(type, rows, values.get(name) ?? 0)] as const,
  )
  let row = 0
  for (const batch of stream.batches()) {
    if (batch.numRows === 0) continue
    const places = new Map(batch.schema.fields.map((field, place) => [field.name, place]))
    for (const [name, sink] of sinks) sink.take(batch.data.children[places.get(name)!]!, row)
    row += batch.numRows
  }
  return Object.fromEntries(sinks.map(([name, { column }]) => [name, column])) as Gathered<L>
}

const ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float64: Float64Array,
  'float64?': Float64Array,
} as const

const sinkOf = (type: keyof typeof COLUMN, rows: number, values: number): Sink => {
  if (type === 'text') return words(rows)
  if (type === 'uint32[]') return lists(rows, new Uint32Array(values))
  if (type === 'int32[]') return lists(rows, new Int8Array(values))
  return numbers(new ARRAYS[type](rows))
}

const numbers = (column: InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>): Sink => ({
  column,
  take: (part, row) => {
    column.set((part.values as Uint8Array).subarray(0, part.length), row)
    if (part.nullCount === 0) return
    for (let i = 0; i < part.length; i++) if (!part.getValid(i)) column[row + i] = Number.NaN
  },
})

type Items = Uint32Array | Int32Array | Int16Array | Int8Array

const lists = (rows: number, empty: Uint32Array | Int8Array): Sink => {
  const offsets = new Uint32Array(rows + 1)
  let values: Items = empty
  return {
    get column() {
      return { offsets, values } as Lists<Uint32Array>
    },
    take: (part, row) => {
      const from = part.valueOffsets as Int32Array
      const base = offsets[row]!
      const own = part.children[0]!.values as Uint32Array
      const items = own.subarray(from[0]!, from[part.length]!)
      values = wideEnough(values, items)
      values.set(items, base)
      for (let i = 1; i <= part.length; i++) offsets[row + i] = base + from[i]! - from[0]!
    },
  }
}

/** The values, or a copy of them that has room for these items. */
const wideEnough = (values: Items, items: Items): Items => {
  if (values.BYTES_PER_ELEMENT === 4) return values
  const limit = 2 ** (8 * values.BYTES_PER_ELEMENT - 1)
  if (items.every((item) => item >= -limit && item < limit)) return values
  return wideEnough(
    values instanceof Int8Array ? Int16Array.from(values) : Int32Array.from(values),
    items,
  )
}

const words = (rows: number): Sink => {
  const codes = new Int32Array(rows).fill(-1)
  const places = new Map<string, number>()
  const all: string[] = []
  return {
    column: { codes, words: all },
    take: (part, row) => {
      const from = part.valueOffsets as Int32Array
      const { buffer, byteOffset } = part.values as Uint8Array<ArrayBuffer>
      const bytes = Buffer.from(buffer, byteOffset)
      for (let i = 0; i < part.length; i++) {
        if (part.nullCount > 0 && !part.getValid(i)) continue
        const word = bytes.toString('utf8', from[i]!, from[i + 1]!)
        const place = places.get(word) ?? all.push(word) - 1
        places.set(word, place)
        codes[row + i] = place
      }
    },
  }
}
