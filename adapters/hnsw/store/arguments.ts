import { inMemory, type Journal } from './journal.ts'
import { openStore, type StoreOptions } from './store.ts'
import { readSync } from './sync.ts'
import type { Advance } from './turns.ts'

/** Arguments of the server that say where its data lives: `--data DIR [--sync always|MS|never] [--segment BYTES]`. */
export const STORE_ARGUMENTS = {
  data: { type: 'string' },
  sync: { type: 'string' },
  segment: { type: 'string' },
} as const

type Values = { readonly [Key in keyof typeof STORE_ARGUMENTS]?: string }

/** Where data lives, and how; null where everything is in memory. */
export type StoreArguments = Pick<StoreOptions, 'sync' | 'segmentBytes'> & { readonly data: string }

/** What the arguments say, looked at before anything is opened; throws one sentence where they are no good. */
export const readStore = ({ data, sync, segment }: Values): StoreArguments | null => {
  if (data === '') throw new Error('data: is empty, must be a folder')
  if (data !== undefined) {
    const segmentBytes = segment === undefined ? {} : { segmentBytes: readBytes(segment) }
    return { data, sync: readSync(sync ?? 'always'), ...segmentBytes }
  }
  if (sync === undefined && segment === undefined) return null
  throw new Error(`${sync === undefined ? 'segment' : 'sync'}: needs --data, a folder`)
}

/** The journal that the arguments ask for; throws one sentence where the folder is no good. */
export const openJournal = async (
  store: StoreArguments | null,
  advance?: Advance,
): Promise<Journal> => {
  if (store === null) return inMemory()
  const { data, ...options } = store
  return await openStore(data, { ...options, advance })
}

const readBytes = (text: string): number => {
  const bytes = Number(text)
  if (Number.isInteger(bytes) && bytes >= 1000 && bytes <= 2 ** 30) return bytes
  throw new Error(`segment: must be bytes from 1000 to ${2 ** 30}, not "${text}"`)
}
