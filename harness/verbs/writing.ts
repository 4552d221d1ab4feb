import { constants } from 'node:fs'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { problem, unwritable } from '../errors.ts'

/** Writes a text to a file that a person named. Error: OUT_FILE. */
export const writeText = (path: string, text: string): Promise<void> =>
  writeFile(path, text).catch((error: unknown) => {
    throw unwritable(path, error)
  })

/** Writes a text to a file that is not there yet. Errors: OUT_EXISTS, OUT_FILE. */
export const writeNew = (path: string, text: string): Promise<void> =>
  writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? problem('OUT_EXISTS', { file: path }) : unwritable(path, error)
  })

/** A folder that can be written into, made if it is absent. Error: OUT_FILE. */
export const writableFolder = async (path: string): Promise<string> => {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
  return path
}
