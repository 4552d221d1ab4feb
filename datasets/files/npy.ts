import type { Element } from './layout.ts'

export interface NpyHeader {
  readonly count: number
  readonly dimensions: number
  readonly element: Element
  /** Byte at which the values begin. */
  readonly start: number
}

const ELEMENTS: Readonly<Record<string, Element>> = {
  '<f4': 'f4',
  '<f8': 'f8',
  '|u1': 'u1',
  '|i1': 'i1',
}

/**
 * The header of a NumPy array file, versions 1 to 3 (NEP 1, numpy.lib.format), or why it is refused: what is read are
 * two-dimensional arrays in C order of little-endian f4, f8, u1 or i1.
 */
export const npyHeader = (head: DataView): NpyHeader | string => {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
  if (head.byteLength < 12 || magic.some((byte, i) => head.getUint8(i) !== byte)) {
    return 'it does not begin as a NumPy file does'
  }
  const version = head.getUint8(6)
  if (version < 1 || version > 3) return `NumPy format version ${version} is none of 1, 2, 3`
  const begin = version === 1 ? 10 : 12
  const length = version === 1 ? head.getUint16(8, true) : head.getUint32(8, true)
  const start = begin + length
  if (start > head.byteLength)
    return `its header of ${start} bytes is longer than the file or than 4096 bytes`
  const bytes = new Uint8Array(head.buffer, begin, length)
  return fromDictionary(new TextDecoder().decode(bytes), start)
}

/** From the Python dictionary of the header, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`. */
const fromDictionary = (text: string, start: number): NpyHeader | string => {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1]
  if (descr === undefined || order === undefined || shape === undefined) {
    return 'its header names no plain descr, fortran_order and shape'
  }
  const element = ELEMENTS[descr]
  if (element === undefined) {
    return `its values are "${descr}", which is none of ${Object.keys(ELEMENTS).join(', ')}`
  }
  if (order === 'True') return 'it is in Fortran order; save it with numpy.ascontiguousarray'
  const sizes = shape.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]))
  const [count, dimensions, ...more] = sizes
  if (count === undefined || dimensions === undefined || more.length > 0) {
    return `its shape is (${shape}), not (rows, dimensions)`
  }
  return { count, dimensions, element, start }
}
