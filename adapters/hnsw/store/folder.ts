import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A new file of the folder is named after what it is and a number of twelve digits, so that names sort as numbers do. */
const DIGITS = 12
const LOG = /^log-(\d{12})$/
const TEMPORARY = '.tmp'

export const logName = (first: number): string => `log-${String(first).padStart(DIGITS, '0')}`
export const snapshotName = (collection: number, number: number, part: number): string =>
  `rows-${[collection, number].map((n) => String(n).padStart(DIGITS, '0')).join('-')}-${part}`
export const imageName = (collection: number, number: number, part: number): string =>
  snapshotName(collection, number, part).replace('rows', 'index')
export const MANIFEST = 'manifest'

/** Numbers that the segments of the log begin with, in order. */
export const segmentsIn = async (dir: string): Promise<number[]> =>
  (await readdir(dir))
    .flatMap((name) => LOG.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

/**
 * Makes the folder, and those above it. Node's own recursive mkdir asks for ever where a folder that is there says that what is to be
 * made in it has no place (below /proc); this one asks once again.
 */
export const makeFolder = async (dir: string): Promise<void> => {
  try {
    await mkdirUnlessThere(dir)
  } catch (error) {
    const above = dirname(dir)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === dir) throw error
    await makeFolder(above)
    await mkdirUnlessThere(dir)
  }
}

const mkdirUnlessThere = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Does a folder keep nothing yet, or is there none? Not where nobody can look: who opens it is told why. */
export const isNew = async (dir: string): Promise<boolean> => {
  try {
    return !(await readdir(dir)).some((name) => LOG.test(name) || name === MANIFEST)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** Makes what was created, renamed or removed in the folder last. */
export const syncFolder = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file beside the one of that name, makes it last, and puts it in its place: a crash leaves the old or the new one. Where others may
 * write the same one meanwhile, what stands beside needs a name of its own.
 */
export const replaceFile = async (
  dir: string,
  name: string,
  write: (file: FileHandle) => Promise<void>,
  temporary = name,
): Promise<void> => {
  const beside = join(dir, temporary + TEMPORARY)
  try {
    const file = await open(beside, 'w')
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, join(dir, name))
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncFolder(dir)
}

/** Removes every segment, snapshot and manifest that is not needed: what is outdated, and what a crash left half written. */
export const sweep = async (dir: string, isNeeded: (name: string) => boolean): Promise<void> => {
  for (const name of await readdir(dir)) {
    const ours = LOG.test(name) || /^(rows-|index-|manifest)/.test(name)
    if (ours && !isNeeded(name)) await rm(join(dir, name))
  }
}
