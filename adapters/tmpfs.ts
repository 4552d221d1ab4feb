import { statfsSync } from 'node:fs'

/** What statfs(2) calls tmpfs. */
const TMPFS = 0x01021994

/** Does a folder that is there lie in memory (tmpfs), so that what is synced there is on no disk? */
export const isInMemory = (folder: string): boolean => statfsSync(folder).type === TMPFS

/** Why a server that is launched into such a folder offers no durability of disk, and the cure. */
export const IN_MEMORY =
  'disk: the folder for temporary files lies in memory (tmpfs): name another by TMPDIR'
