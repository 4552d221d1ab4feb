import { bytesOf } from './bytes.ts'
import { type Layout, layoutOf, refuse } from './layout.ts'

/** A table of ids, such as the true neighbours of each query: row-major, count × width. */
export interface Ids {
  readonly count: number
  readonly width: number
  readonly values: Int32Array
}

/** Ids from an `.ibin` file: two 32-bit counts, then the ids. Throws DATASET_FILE. */
export const readIbin = (path: string): Ids => readIds(path, 0)

/** Ids from an `.ivecs` file: each row behind its own length, all of the same. Throws DATASET_FILE. */
export const readIvecs = (path: string): Ids => readIds(path, 4)

const readIds = (path: string, skip: number): Ids => {
  const layout = layoutOf(path)
  if (layout.element !== 'i4' || layout.skip !== skip) {
    throw refuse(path, 0, 0, `ids are read from ${skip === 0 ? '.ibin' : '.ivecs'}`)
  }
  const { count, dimensions: width } = layout
  const values = new Int32Array(count * width)
  const { bytes: read } = bytesOf(path)
  for (let row = 0; row < count; row++) {
    values.set(
      rowOf(layout, read(layout.start + row * layout.stride, layout.stride), row),
      row * width,
    )
  }
  return { count, width, values }
}

const rowOf = (
  { path, dimensions, start, stride, skip }: Layout,
  bytes: Uint8Array,
  row: number,
): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (skip > 0 && view.getUint32(0, true) !== dimensions) {
    const found = view.getUint32(0, true)
    throw refuse(path, row, start + row * stride, `it has ${found} ids, row 0 has ${dimensions}`)
  }
  return Array.from({ length: dimensions }, (_, i) => view.getInt32(skip + 4 * i, true))
}
