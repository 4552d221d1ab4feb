import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { extname } from 'node:path'
import { problem } from '../../harness/errors.ts'
import { npyHeader } from './npy.ts'

/** Little-endian float, unsigned and signed integer, by bytes. */
export type Element = 'f4' | 'f8' | 'u1' | 'i1' | 'i4'

/** Where the vectors of a file lie: row i begins at start + i · stride, its values `skip` bytes later. Structured-cloneable. */
export interface Layout {
  readonly path: string
  readonly count: number
  readonly dimensions: number
  readonly element: Element
  readonly start: number
  readonly stride: number
  readonly skip: number
}

export const BYTES: Readonly<Record<Element, number>> = { f4: 4, f8: 8, u1: 1, i1: 1, i4: 4 }

/** Each row behind its own dimension (TEXMEX: fvecs, ivecs, bvecs), or all behind one count and dimension (big-ann-benchmarks: *bin). */
const ROW_BY_ROW: Readonly<Record<string, Element>> = {
  '.fvecs': 'f4',
  '.ivecs': 'i4',
  '.bvecs': 'u1',
}
const AT_ONCE: Readonly<Record<string, Element>> = {
  '.fbin': 'f4',
  '.ibin': 'i4',
  '.u8bin': 'u1',
  '.i8bin': 'i1',
}
const EXTENSIONS = [...Object.keys(ROW_BY_ROW), ...Object.keys(AT_ONCE), '.npy']

/** The error that refuses a file at a place. */
export const refuse = (file: string, row: number, offset: number, why: string, cause?: unknown) =>
  problem('DATASET_FILE', { file, row, offset, why }, cause)

/**
 * The layout of a file by its extension, its header and its size; the rows themselves are not read. Throws
 * DATASET_FILE where the file cannot be read, its header is wrong or its size is not what the header says.
 */
export const layoutOf = (path: string): Layout => {
  const { size, head } = headOf(path)
  const extension = extname(path).toLowerCase()
  if (ROW_BY_ROW[extension]) return rowByRow(path, size, head, ROW_BY_ROW[extension])
  if (AT_ONCE[extension]) return atOnce(path, size, head, AT_ONCE[extension])
  if (extension === '.npy') return npy(path, size, head)
  throw refuse(path, 0, 0, `"${extension}" is none of ${EXTENSIONS.join(', ')}`)
}

/** Enough for every header there is, npy's of two dimensions included. */
const HEAD = 4096

const headOf = (path: string): { size: number; head: DataView } => {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = new Uint8Array(HEAD)
      const read = readSync(file, bytes, 0, HEAD, 0)
      return { size: fstatSync(file).size, head: new DataView(bytes.buffer, 0, read) }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw refuse(path, 0, 0, `it cannot be read: ${(error as Error).message}`, error)
  }
}

const rowByRow = (path: string, size: number, head: DataView, element: Element): Layout => {
  if (size < 4) throw refuse(path, 0, size, 'the file ends before the first row')
  const dimensions = head.getUint32(0, true)
  const stride = 4 + dimensions * BYTES[element]
  const layout = { path, dimensions, element, start: 0, stride, skip: 4 }
  if (dimensions === 0) throw refuse(path, 0, 0, 'it has no dimensions')
  return ofSize({ ...layout, count: Math.max(1, Math.ceil(size / stride)) }, size)
}

const atOnce = (path: string, size: number, head: DataView, element: Element): Layout => {
  if (size < 8) throw refuse(path, 0, size, 'the file ends before its header of 8 bytes does')
  const count = head.getUint32(0, true)
  const dimensions = head.getUint32(4, true)
  const stride = dimensions * BYTES[element]
  return ofSize({ path, count, dimensions, element, start: 8, stride, skip: 0 }, size)
}

const npy = (path: string, size: number, head: DataView): Layout => {
  const header = npyHeader(head)
  if (typeof header === 'string') throw refuse(path, 0, 0, header)
  const stride = header.dimensions * BYTES[header.element]
  return ofSize({ path, ...header, stride, skip: 0 }, size)
}

/** The layout, if the file is neither shorter nor longer than it says. */
const ofSize = (layout: Layout, size: number): Layout => {
  const { path, count, dimensions, start, stride } = layout
  if (count === 0 || dimensions === 0) {
    throw refuse(path, 0, 0, `its header says ${count} rows of ${dimensions} dimensions`)
  }
  const end = start + count * stride
  if (size < end) {
    const row = Math.max(0, Math.floor((size - start) / stride))
    throw refuse(
      path,
      row,
      size,
      `the file ends here, ${end - size} bytes before row ${count - 1} does`,
    )
  }
  if (size > end) {
    throw refuse(path, count, end, `there are ${size - end} bytes more than its header says`)
  }
  return layout
}
