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

/** All collections and aliases, in memory. An alias stands for a collection wherever a name does, but in create and drop. */
export interface Collections {
  /** True if it is new; attaching with other options than it has is refused. */
  create(name: string, options: CollectionOptions): boolean
  /** Its aliases go with it. */
  drop(name: string): void
  find(nameOrAlias: string): Held
  /** Points the alias at a collection that exists, in one step. */
  alias(alias: string, name: string): void
  dropAlias(alias: string): void
  list(): { collections: string[]; aliases: Record<string, string> }
}

export const createCollections = (): Collections => {
  const held = new Map<string, Held>()
  const aliases = new Map<string, string>()
  const absent = (name: string) => refused(404, 'no-such-collection', `there is no "${name}"`)
  return {
    create: (name, options) => {
      checkName(name)
      if (aliases.has(name)) throw refused(409, 'exists', `"${name}" is an alias`)
      const present = held.get(name)
      const wanted = { ...options, seed: options.seed ?? seedOf(name) }
      if (present) checkSame(present.options, wanted)
      else held.set(name, hold(name, wanted))
      return !present
    },
    drop: (name) => {
      if (!held.delete(name)) throw absent(name)
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias)
    },
    find: (name) => {
      const found = held.get(aliases.get(name) ?? name)
      if (!found) throw absent(name)
      return found
    },
    alias: (alias, name) => {
      checkName(alias)
      if (held.has(alias)) throw refused(409, 'exists', `"${alias}" is a collection`)
      if (!held.has(name)) throw absent(name)
      aliases.set(alias, name)
    },
    dropAlias: (alias) => {
      if (!aliases.delete(alias)) throw refused(404, 'no-such-alias', `there is no "${alias}"`)
    },
    list: () => ({ collections: [...held.keys()], aliases: Object.fromEntries(aliases) }),
  }
}

const hold = (name: string, options: Settled): Held => {
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

const checkSame = (present: Settled, wanted: Settled): void => {
  for (const key of Object.keys(present) as (keyof CollectionOptions)[]) {
    if (present[key] === wanted[key]) continue
    throw refused(409, 'exists', `it exists with ${key} ${present[key]}, not ${wanted[key]}`)
  }
}

/** A seed from the name (FNV-1a), so that a collection built again under another name draws other layers, as rebuilds would. */
const seedOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return hash >>> 0
}
