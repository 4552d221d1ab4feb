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
