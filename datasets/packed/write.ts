import { closeSync, openSync, writeSync } from 'node:fs'

/** Writes vectors of a known number and dimension, in any order of the rows. */
export interface VectorWriter {
  /** Rows of a block that go to consecutive places from `row` on. Values that are no finite float32 are refused. */
  write(row: number, values: Float32Array): void
  /** The first row of nothing but zeros; −1 where there is none. */
  readonly zero: number
  close(): void
}

/** An `.fbin` file: 32-bit count and dimension, then float32 rows. @param refuse the error of a value, by its row */
export const vectorWriter = (
  path: string,
  count: number,
  dimensions: number,
  refuse: (row: number, why: string) => Error,
): VectorWriter => {
  const file = openSync(path, 'w')
  writeSync(file, new Uint8Array(Uint32Array.of(count, dimensions).buffer))
  let zero = -1
  const check = (row: number, values: Float32Array): void => {
    let isZero = true
    for (const [column, value] of values.entries()) {
      if (value - value !== 0) throw refuse(row, `value ${column} is ${value}`)
      if (value !== 0) isZero = false
    }
    if (isZero && (zero < 0 || row < zero)) zero = row
  }
  return {
    get zero() {
      return zero
    },
    write: (row, values) => {
      for (let from = 0; from < values.length; from += dimensions) {
        check(row + from / dimensions, values.subarray(from, from + dimensions))
      }
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      writeSync(file, bytes, 0, bytes.length, 8 + row * dimensions * 4)
    },
    close: () => closeSync(file),
  }
}

/** An `.ibin` file of ids: 32-bit count and width, then 32-bit ids. */
export const writeIds = (path: string, width: number, ids: Int32Array): void => {
  const file = openSync(path, 'w')
  try {
    writeSync(file, new Uint8Array(Uint32Array.of(ids.length / width, width).buffer))
    writeSync(file, new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
  } finally {
    closeSync(file)
  }
}
