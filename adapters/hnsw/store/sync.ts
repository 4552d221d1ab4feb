/** When what was written is made to outlast the machine: before each acknowledgement, every so many milliseconds, or when the system likes. */
export type Sync = 'always' | 'never' | number

/** Reads `always`, `never` or milliseconds from 1 on; an error says which these are. */
export const readSync = (text: string): Sync => {
  if (text === 'always' || text === 'never') return text
  const milliseconds = Number(text)
  if (Number.isInteger(milliseconds) && milliseconds >= 1 && milliseconds < 2 ** 31) {
    return milliseconds
  }
  throw new Error(`sync: must be always, never or milliseconds from 1 on, not "${text}"`)
}

/** Levels of durability that a scenario may name, and how the server calls them. */
export const DURABILITY = {
  disk: 'disk, fsync before each acknowledgement',
  memory: 'none (in memory)',
} as const

export const durabilityOf = (sync: Sync): string => {
  if (sync === 'always') return DURABILITY.disk
  return sync === 'never' ? 'disk, fsync never' : `disk, fsync every ${sync} ms`
}
