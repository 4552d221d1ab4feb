import type { Hnsw } from './engine/index.ts'
import { indexOf } from './index-of.ts'
import { type CollectionOptions, checkName, LIMITS } from './json.ts'
import { refused } from './refused.ts'
import { absent, createCatalog } from './store/catalog.ts'
import { type Images, LEAST_ROWS } from './store/image.ts'
import { inMemory, type Journal } from './store/journal.ts'
import type { Settled } from './store/operation.ts'

/** A collection as the server holds it. */
export interface Held {
  readonly name: string
  /** Of the operation that created it. */
  readonly number: number
  readonly options: Settled
  readonly journal: Journal
  /** Another one after `clear`. */
  index: Hnsw
  /** Rows that the journal has not let through yet: the index has room for them. */
  pending: number
  compacting: boolean
  dropped: boolean
}

/** All collections and aliases. What changes them is acknowledged once the journal has it. */
export interface Collections {
  /** True if it is new, false if it was there; then other options than it has are refused. */
  create(name: string, options: CollectionOptions): Promise<boolean>
  /** A collection takes its aliases with it; of an alias, only itself is dropped. */
  drop(nameOrAlias: string): Promise<void>
  find(nameOrAlias: string): Held
  /** Points the alias at a collection that exists, in one step. */
  alias(alias: string, name: string): Promise<void>
  /** Takes in what the journal has restored, a row a step, before anything else is asked. */
  restore(): Generator<void, void>
  /** For the journal that is closed. */
  images(): Images
  list(): { collections: string[]; aliases: Record<string, string> }
  readonly journal: Journal
}

/** Empty until `restore`; without a journal everything ends with the process. */
export const createCollections = (journal: Journal = inMemory()): Collections => {
  const catalog = createCatalog<Held>()
  /** Collections that the journal has not let through yet. */
  let creating = 0
  const create = (name: string, options: Settled, number: number, index: Hnsw): boolean => {
    const present = catalog.lookUp(name)
    if (present) checkSame(present.options, options)
    else catalog.add(name, hold(name, number, options, journal, index))
    return !present
  }
  return {
    journal,
    *restore() {
      for (const { name, number, options, image, gone, rows } of journal.restored.collections) {
        const index = indexOf(options, image?.())
        create(name, options, number, index)
        for (const id of gone) index.delete(id)
        for (const { id, version, vector } of rows) yield index.upsert(id, version, vector)
      }
      for (const [alias, name] of journal.restored.aliases) catalog.alias(alias, name)
    },
    create: async (name, asked) => {
      const present = catalog.lookUp(checkName(name))
      if (present) {
        checkSame(present.options, asked)
        return false
      }
      if (catalog.things.size + creating >= LIMITS.collections) throw tooMany('collections')
      const options = { ...asked, seed: asked.seed ?? seedOf(name) }
      // Made first: what memory cannot hold must not stand in the log.
      const index = orFull(() => indexOf(options))
      creating += 1
      try {
        return await journal.commit({ kind: 'create', name, options }, (number) =>
          create(name, options, number, index),
        )
      } finally {
        creating -= 1
      }
    },
    drop: (name) =>
      journal.commit({ kind: 'drop', name }, () => {
        const held = catalog.drop(name)
        if (held) held.dropped = true
      }),
    find: (name) => {
      const found = catalog.lookUp(name)
      if (!found) throw absent(name)
      return found
    },
    alias: async (alias, name) => {
      checkName(alias)
      const { aliases } = catalog
      if (!aliases.has(alias) && aliases.size >= LIMITS.aliases) throw tooMany('aliases')
      await journal.commit({ kind: 'alias', alias, name }, () => catalog.alias(alias, name))
    },
    images: () => {
      const worthIt = [...catalog.things.values()].filter(({ index }) => index.live >= LEAST_ROWS)
      return new Map(worthIt.map(({ number, index }) => [number, () => index.image()]))
    },
    list: () => ({
      collections: [...catalog.things.keys()],
      aliases: Object.fromEntries(catalog.aliases),
    }),
  }
}

const tooMany = (what: 'collections' | 'aliases') =>
  refused(409, 'too-many', `there are ${LIMITS[what]} ${what}, no more are held: drop one`)

const orFull = <T>(make: () => T): T => {
  try {
    return make()
  } catch (error) {
    throw refused(503, 'full', `memory does not suffice: ${(error as Error).message}`)
  }
}

const hold = (
  name: string,
  number: number,
  options: Settled,
  journal: Journal,
  index: Hnsw,
): Held => ({
  name,
  number,
  options,
  journal,
  index,
  pending: 0,
  compacting: false,
  dropped: false,
})

const checkSame = (present: Settled, asked: CollectionOptions): void => {
  for (const [key, value] of Object.entries(asked) as [keyof Settled, unknown][]) {
    if (value === undefined || present[key] === value) continue
    throw refused(409, 'exists', `it exists with ${key} ${present[key]}, not ${value}`)
  }
}

/** A seed from the name (FNV-1a), so that a collection built again under another name draws other layers, as rebuilds would. */
const seedOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return hash >>> 0
}
