type Kind = 'f4' | 'f8' | 'i4' | 'u1' | 'i1'
const ARRAYS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array, i1: Int8Array }

const values = (kind: Kind, numbers: readonly number[]): Uint8Array =>
  new Uint8Array(ARRAYS[kind].from(numbers).buffer)

const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

/** Rows each behind their dimension: fvecs, ivecs, bvecs. */
export const vecs = (kind: Kind, rows: readonly number[][]): Uint8Array =>
  join(...rows.flatMap((row) => [values('i4', [row.length]), values(kind, row)]))

/** Rows behind one count and dimension: fbin, ibin, u8bin, i8bin. */
export const bin = (kind: Kind, rows: readonly number[][]): Uint8Array =>
  join(values('i4', [rows.length, rows[0]!.length]), values(kind, rows.flat()))

/** A NumPy file; its header says what it is told to, and is padded so that the values begin at byte 128. */
export const npy = (
  version: number,
  descr: string,
  rows: readonly number[][],
  { order = 'False', shape = `(${rows.length}, ${rows[0]!.length})` } = {},
): Uint8Array => {
  const begin = version === 1 ? 10 : 12
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`
  const header = new TextEncoder().encode(`${text.padEnd(128 - begin - 1)}\n`)
  const length = new DataView(new ArrayBuffer(begin - 8))
  if (version === 1) length.setUint16(0, header.length, true)
  else length.setUint32(0, header.length, true)
  const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0)
  const kind = descr.slice(1) in ARRAYS ? (descr.slice(1) as Kind) : 'f4'
  return join(magic, new Uint8Array(length.buffer), header, values(kind, rows.flat()))
}
