import { refused } from '../refused.ts'

/** Collections by name, and aliases: an alias stands for its collection wherever a name does, but in drop. */
export interface Catalog<Thing> {
  /** Undefined if neither a collection nor an alias is called so. */
  lookUp(nameOrAlias: string): Thing | undefined
  /** The name is free: the caller has looked. */
  add(name: string, thing: Thing): void
  /** A collection takes its aliases with it and is returned; of an alias, only itself is dropped. */
  drop(nameOrAlias: string): Thing | undefined
  /** Points the alias at a collection that exists. */
  alias(alias: string, name: string): void
  readonly things: ReadonlyMap<string, Thing>
  readonly aliases: ReadonlyMap<string, string>
}

export const absent = (name: string) => refused(404, 'no-such-collection', `there is no "${name}"`)

/** The server and the replay of its log both keep their names here, so that they cannot differ. */
export const createCatalog = <Thing>(): Catalog<Thing> => {
  const things = new Map<string, Thing>()
  const aliases = new Map<string, string>()
  return {
    things,
    aliases,
    lookUp: (name) => things.get(aliases.get(name) ?? name),
    add: (name, thing) => {
      things.set(name, thing)
    },
    drop: (name) => {
      if (aliases.delete(name)) return undefined
      const thing = things.get(name)
      if (!things.delete(name)) throw absent(name)
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias)
      return thing
    },
    alias: (alias, name) => {
      if (things.has(alias)) throw refused(409, 'exists', `"${alias}" is a collection`)
      if (!things.has(name)) throw absent(name)
      aliases.set(alias, name)
    },
  }
}
