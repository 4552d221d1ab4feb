import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Fold } from './fold.ts'

/** Read at once, unless a row is larger. */
const WINDOW = 2 ** 18

/** The rows of these places, `bytes` each, as the files hold them; a row is valid until the next one is asked for. */
export function* readRows(
  dir: string,
  fold: Fold,
  places: Iterable<number>,
  bytes: number,
): Generator<Buffer, void> {
  const window = Buffer.from(new ArrayBuffer(Math.max(WINDOW, bytes)))
  const open = { file: '', handle: -1 }
  let from = 0
  let to = 0
  try {
    // In the order of the files: a window serves all the rows in it.
    for (const place of Float64Array.from(places).sort()) {
      const { file, offset } = fold.at(place)
      if (file !== open.file) {
        if (open.handle !== -1) closeSync(open.handle)
        open.handle = openSync(join(dir, file), 'r')
        open.file = file
        to = 0
      }
      if (offset < from || offset + bytes > to) {
        from = offset
        to = offset + readSync(open.handle, window, 0, window.length, offset)
        if (to < offset + bytes) throw new Error(`${file} ended while it was read`)
      }
      yield window.subarray(offset - from, offset - from + bytes)
    }
  } finally {
    if (open.handle !== -1) closeSync(open.handle)
  }
}

/** A row as it was stored; its vector is valid until the next one is asked for. */
export interface PlacedRow {
  readonly id: number
  readonly version: number
  readonly vector: Float32Array
}

export function* rowsAt(
  dir: string,
  fold: Fold,
  places: Iterable<number>,
  stride: number,
): Generator<PlacedRow, void> {
  for (const row of readRows(dir, fold, places, stride)) {
    const vector = new Float32Array(row.buffer, row.byteOffset + 8, stride / 4 - 2)
    yield { id: row.readUInt32LE(0), version: row.readInt32LE(4), vector }
  }
}
