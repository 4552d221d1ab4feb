import { createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem, unwritable } from '../errors.ts'

/** The folder that an export fills: made if it is absent. Errors: EXPORT_EXISTS if it holds anything, OUT_FILE if it cannot be made. */
export const freshFolder = (dir: string): string => {
  try {
    if (existsSync(dir) && readdirSync(dir).length > 0)
      throw problem('EXPORT_EXISTS', { folder: dir })
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw unwritable(dir, error)
  }
  return dir
}

/** Writes a new file piece by piece, as fast as the disk takes it, and gives its path. A file that is there already is left alone, and an error. */
export const writePieces = async (
  dir: string,
  name: string,
  pieces: Iterable<string | Uint8Array>,
): Promise<string> => {
  const path = join(dir, name)
  await pipeline(
    Readable.from(pieces, { objectMode: true }),
    createWriteStream(path, { flags: 'wx' }),
  ).catch((error: unknown) => {
    throw unwritable(path, error)
  })
  return path
}
