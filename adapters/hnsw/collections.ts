import { createHnsw, type Hnsw } from './engine/index.ts'
import { type CollectionOptions, checkName } from './json.ts'
import { refused } from './refused.ts'

type Settled = CollectionOptions & { readonly seed: number }

/** A collection as the server holds it. */
export interface Held {
  readonly name: string
  readonly options: Settled
  readonly index: Hnsw
  compacting: boolean
}

/** All collections and aliases, in memory. An alias stands for its collection wherever a name does, but in drop. */
export interface Collections {
  /** True if it is new, false if it was there; then other options than it has are refused. */
  create(name: string, options: CollectionOptions): boolean
  /** A collection takes its aliases with it; of an alias, only itself is dropped. */
  drop(nameOrAlias: string): void
  find(nameOrAlias: string): Held
  /** Points the alias at a collection that exists, in one step. */
  alias(alias: string, name: string): void
  list(): { collections: string[]; aliases: Record<string, string> }
}

export const createCollections = (): Collections => {
  const held = new Map<string, Held>()
  const aliases = new Map<string, string>()
  const absent = (name: string) => refused(404, 'no-such-collection', `there is no "${name}"`)
  const lookUp = (name: string) => held.get(aliases.get(name) ?? name)
  return {
    create: (name, options) => {
      const present = lookUp(checkName(name))
      if (present) checkSame(present.options, options)
      else held.set(name, hold(name, options))
      return !present
    },
    drop: (name) => {
      if (aliases.delete(name)) return
      if (!held.delete(name)) throw absent(name)
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias)
    },
    find: (name) => {
      const found = lookUp(name)
      if (!found) throw absent(name)
      return found
    },
    alias: (alias, name) => {
      checkName(alias)
      if (held.has(alias)) throw refused(409, 'exists', `"${alias}" is a collection`)
      if (!held.has(name)) throw absent(name)
      aliases.set(alias, name)
    },
    list: () => ({ collections: [...held.keys()], aliases: Object.fromEntries(aliases) }),
  }
}

const hold = (name: string, asked: CollectionOptions): Held => {
  const options = { ...asked, seed: asked.seed ?? seedOf(name) }
  const { dimensions, metric, m, efConstruction, seed, kind } = options
  const parameters = {
    dimensions,
    metric,
    m,
    efConstruction,
    seed,
    selection: 'heuristic',
  } as const
  return { name, options, index: createHnsw(parameters, kind), compacting: false }
}

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
