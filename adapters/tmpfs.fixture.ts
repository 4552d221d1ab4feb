import { existsSync } from 'node:fs'
import { isInMemory } from './tmpfs.ts'

/** A folder that lies in memory, on machines that have one. */
export const SHM = '/dev/shm'

/** Why tests that need it are skipped here, or false. */
export const noShm =
  existsSync(SHM) && isInMemory(SHM) ? false : `${SHM} is no folder in memory on this machine`
