import { inMemory, type Journal } from './journal.ts'
import { openStore } from './store.ts'
import { readSync } from './sync.ts'
import type { Advance } from './turns.ts'

/** Arguments of the server that say where its data lives: `--data DIR [--sync always|MS|never] [--segment BYTES]`. */
export const STORE_ARGUMENTS = {
  data: { type: 'string' },
  sync: { type: 'string' },
  segment: { type: 'string' },
} as const

type Values = { readonly [Key in keyof typeof STORE_ARGUMENTS]?: string }

/** The journal that the arguments ask for, in memory without a folder; throws one sentence where they, or the folder, are no good. */
export const openJournal = async (
  { data, sync, segment }: Values,
  advance?: Advance,
): Promise<Journal> => {
  if (data !== undefined) {
    const segmentBytes = segment === undefined ? {} : { segmentBytes: readBytes(segment) }
    return await openStore(data, {
      sync: readSync(sync ?? 'always'),
      advance,
      ...segmentBytes,
    })
  }
  if (sync === undefined && segment === undefined) return inMemory()
  throw new Error(`${sync === undefined ? 'segment' : 'sync'}: needs --data, a folder`)
}

const readBytes = (text: string): number => {
  const bytes = Number(text)
  if (Number.isInteger(bytes) && bytes >= 1000 && bytes <= 2 ** 30) return bytes
  throw new Error(`segment: must be bytes from 1000 to ${2 ** 30}, not "${text}"`)
}
