import type { Metric } from '../../harness/model/index.ts'
import { bytesOf } from './bytes.ts'
import { type Layout, refuse } from './layout.ts'
import { decodeRow, offsetOf } from './vectors.ts'

const CHUNK = 1 << 20

/**
 * Reads a file once from end to end and yields its vectors as float32 bytes, each piece valid until the next. Throws
 * DATASET_FILE at the first row whose dimension is another, or that holds NaN, an infinite value (as float32), or, under
 * cosine, nothing but zeros.
 */
export function* checkedBytes(layout: Layout, metric: Metric): Generator<Uint8Array> {
  const { path, count, dimensions, start, stride } = layout
  const { bytes: read } = bytesOf(path)
  const most = Math.max(1, Math.floor(CHUNK / stride))
  const rows = new Float32Array(Math.min(most, count) * dimensions)
  for (let from = 0; from < count; from += most) {
    const n = Math.min(most, count - from)
    const bytes = read(start + from * stride, n * stride)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * dimensions, (i + 1) * dimensions)
      decodeRow(layout, view, i, row)
      checkDimension(layout, view, i, from + i)
      checkValues(layout, row, from + i, metric)
    }
    yield new Uint8Array(rows.buffer, 0, n * dimensions * 4)
  }
}

const checkDimension = (layout: Layout, view: DataView, i: number, row: number): void => {
  const { path, dimensions, start, stride, skip } = layout
  if (skip === 0) return
  const found = view.getUint32(i * stride, true)
  if (found === dimensions) return
  throw refuse(
    path,
    row,
    start + row * stride,
    `it has ${found} dimensions, row 0 has ${dimensions}`,
  )
}

const checkValues = (layout: Layout, values: Float32Array, row: number, metric: Metric): void => {
  let zero = true
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    if (x - x !== 0) throw refuse(layout.path, row, offsetOf(layout, row, i), `the value is ${x}`)
    if (x !== 0) zero = false
  }
  if (!zero || metric !== 'cosine') return
  throw refuse(layout.path, row, offsetOf(layout, row, 0), 'a zero vector has no cosine')
}
