import type { Vectors } from '../../harness/model/index.ts'
import { bytesOf } from './bytes.ts'
import { BYTES, type Element, type Layout } from './layout.ts'

/** Fills `into` with the values that a view holds from `from` on; a loop of its own each, so that each stays fast. */
const DECODE: Readonly<
  Record<Element, (view: DataView, from: number, into: Float32Array) => void>
> = {
  f4: (view, from, into) => {
    for (let i = 0; i < into.length; i++) into[i] = view.getFloat32(from + 4 * i, true)
  },
  f8: (view, from, into) => {
    for (let i = 0; i < into.length; i++) into[i] = view.getFloat64(from + 8 * i, true)
  },
  i4: (view, from, into) => {
    for (let i = 0; i < into.length; i++) into[i] = view.getInt32(from + 4 * i, true)
  },
  u1: (view, from, into) => {
    for (let i = 0; i < into.length; i++) into[i] = view.getUint8(from + i)
  },
  i1: (view, from, into) => {
    for (let i = 0; i < into.length; i++) into[i] = view.getInt8(from + i)
  },
}

/** A view of bytes that holds whole rows, read as rows. */
export const decodeRow = (
  { element, stride, skip }: Layout,
  view: DataView,
  row: number,
  into: Float32Array,
): void => DECODE[element](view, row * stride + skip, into)

/** The vectors of a file, read when they are asked for. Every row is an array of its own. */
export const vectorsOf = (layout: Layout): Vectors => {
  const { path, count, dimensions, start, stride } = layout
  const { bytes: read, ahead } = bytesOf(path)
  const fill = (row: number, into: Float32Array): void => {
    const bytes = read(start + row * stride, stride)
    decodeRow(layout, new DataView(bytes.buffer, bytes.byteOffset, stride), 0, into)
  }
  return {
    count,
    dimensions,
    at: (index) => {
      const vector = new Float32Array(dimensions)
      fill(index, vector)
      return vector
    },
    ahead: (index) => ahead(start + index * stride, stride),
    slice: (from, to) => {
      const rows = new Float32Array((to - from) * dimensions)
      for (let row = from; row < to; row++) {
        fill(row, rows.subarray((row - from) * dimensions, (row - from + 1) * dimensions))
      }
      return rows
    },
  }
}

/** Byte of a value in its file. */
export const offsetOf = (
  { element, start, stride, skip }: Layout,
  row: number,
  column: number,
): number => start + row * stride + skip + column * BYTES[element]
