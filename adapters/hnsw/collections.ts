import { giveUp, type Held, hold, makeView, using, type View } from './held.ts'
import { type CollectionOptions, checkName, LIMITS } from './json.ts'
import { refused } from './refused.ts'
import { restoreRows } from './restore.ts'
import { absent, createCatalog } from './store/catalog.ts'
import { type Images, LEAST_ROWS } from './store/image.ts'
import { inMemory, type Journal } from './store/journal.ts'
import type { Settled } from './store/operation.ts'
import type { Advance } from './store/turns.ts'
import type { Writer } from './threads/writer.ts'

/** All collections and aliases. What changes them is acknowledged once the journal has it. */
export interface Collections {
  /** True if it is new, false if it was there; then other options than it has are refused. */
  create(name: string, options: CollectionOptions): Promise<boolean>
  /** A collection takes its aliases with it; of an alias, only itself is dropped. */
  drop(nameOrAlias: string): Promise<void>
  find(nameOrAlias: string): Held
  /** Points the alias at a collection that exists, in one step. */
  alias(alias: string, name: string): Promise<void>
  /** Takes in what the journal has restored, before anything else is asked. */
  restore(advance?: Advance): Promise<void>
  /** For the journal that is closed. */
  images(): Images
  list(): { collections: string[]; aliases: Record<string, string> }
  readonly journal: Journal
}

/** Empty until `restore`; without a journal everything ends with the process. `forget` is told of editions that nobody will ask about any more. */
export const createCollections = (
  { ask }: Pick<Writer, 'ask'>,
  journal: Journal = inMemory(),
  forget: (edition: number) => void = () => undefined,
): Collections => {
  const catalog = createCatalog<Held>()
  /** Collections that the journal has not let through yet. */
  const coming = new Set<object>()
  /** What is committed is begun at once, in the order of the journal, and done when it resolves. */
  const create = async (name: string, options: Settled, number: number, view: View) => {
    const present = catalog.lookUp(name)
    if (present) {
      checkSame(present.options, options)
      await ask('discard', view.edition)
      giveUp({ view, forget })
      return false
    }
    catalog.add(name, hold({ name, number, options, journal, ask, forget, view }))
    await ask('create', number, view.edition)
    return true
  }
  const drop = async (name: string): Promise<void> => {
    const held = catalog.drop(name)
    if (!held) return
    held.dropped = true
    giveUp(held)
    await ask('drop', held.number)
  }
  const restore = async (advance: Advance): Promise<void> => {
    const { collections, aliases } = journal.restored
    const of = collections.reduce((sum, { count }) => sum + count, 0)
    let done = 0
    for (const { name, number, options, image, gone, rows } of collections) {
      await create(name, options, number, await makeView(ask, options, await image?.()))
      if (gone.length > 0) await ask('delete', number, Uint32Array.from(gone))
      await restoreRows(catalog.lookUp(name)!, rows, (more) => {
        done += more
        return advance('building', done, of)
      })
    }
    for (const [alias, name] of aliases) catalog.alias(alias, name)
  }
  return {
    journal,
    restore: (advance = () => undefined) => restore(advance),
    create: async (name, asked) => {
      const present = catalog.lookUp(checkName(name))
      if (present) {
        await journal.lasting()
        checkSame(present.options, asked)
        return false
      }
      if (catalog.things.size + coming.size >= LIMITS.collections) throw tooMany('collections')
      const options = { ...asked, seed: asked.seed ?? seedOf(name) }
      const one = { name }
      coming.add(one)
      try {
        // Made first: what memory cannot hold must not stand in the log.
        const view = await makeView(ask, options)
        return await using({ ask, forget }, view, () =>
          journal.commit({ kind: 'create', name, options }, (number) => {
            coming.delete(one)
            return create(name, options, number, view)
          }),
        )
      } finally {
        coming.delete(one)
      }
    },
    drop: async (name) => {
      await journal.commit({ kind: 'drop', name }, () => drop(name))
    },
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
      const worthIt = [...catalog.things.values()].filter(
        ({ view }) => view.reader.live >= LEAST_ROWS,
      )
      return new Map(worthIt.map(({ number }) => [number, () => ask('image', number)]))
    },
    list: () => ({
      collections: [...catalog.things.keys()],
      aliases: Object.fromEntries(catalog.aliases),
    }),
  }
}

const tooMany = (what: 'collections' | 'aliases') =>
  refused(409, 'too-many', `there are ${LIMITS[what]} ${what}, no more are held: drop one`)

/** A seed may be left open; an alpha that is left out is the default. */
const checkSame = (present: Settled, asked: CollectionOptions): void => {
  const { seed = present.seed, alpha, ...others } = asked
  for (const [key, value] of Object.entries({ ...others, seed, alpha })) {
    const has = present[key as keyof Settled]
    if (has === value) continue
    const told = (one: unknown) => one ?? 'by default'
    throw refused(409, 'exists', `it exists with ${key} ${told(has)}, not ${told(value)}`)
  }
}

/** A seed from the name (FNV-1a), so that a collection built again under another name draws other layers, as rebuilds would. */
const seedOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return hash >>> 0
}
