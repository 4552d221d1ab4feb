import { type Metric, type Micros, refusal } from '../../harness/model/index.ts'
import { createCollection, type SimCollection } from './collection.ts'

export interface Found {
  readonly name: string
  readonly collection: SimCollection
}

/** The collections of a server by name, and the aliases that point at them. */
export interface Catalog {
  /** Creates it if absent, else attaches (through an alias too); another shape is refused. */
  open(name: string, shape: { dimensions: number; metric: Metric }): void
  find(name: string): Found
  /** Drops a collection with the aliases that point at it, or an alias alone; what is absent is none the less gone. */
  drop(name: string): void
  swap(alias: string, name: string): void
}

export const createCatalog = (now: () => Micros): Catalog => {
  const collections = new Map<string, SimCollection>()
  const aliases = new Map<string, string>()
  const resolve = (name: string): Found | undefined => {
    const own = aliases.get(name) ?? name
    const collection = collections.get(own)
    return collection && { name: own, collection }
  }
  const find = (name: string): Found => {
    const found = resolve(name)
    if (!found) throw refusal(`there is no collection ${name}`)
    return found
  }
  return {
    open: (name, shape) => {
      const found = resolve(name)?.collection
      if (!found) return void collections.set(name, createCollection(shape, now))
      if (found.dimensions === shape.dimensions && found.metric === shape.metric) return
      throw refusal(`collection ${name} has ${found.dimensions} dimensions under ${found.metric}`)
    },
    find,
    drop: (name) => {
      aliases.delete(name)
      collections.delete(name)
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias)
    },
    swap: (alias, name) => {
      if (collections.has(alias)) throw refusal(`${alias} is a collection, no alias`)
      aliases.set(alias, find(name).name)
    },
  }
}
