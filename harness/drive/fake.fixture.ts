import type { Adapter, Collection, Engine, Hit, Stored } from '../model/index.ts'
import { refusal } from '../model/index.ts'

/**
 * An engine in memory, in the sender's own thread, with the manners that a test asks for:
 * `slow` answers after so many milliseconds; `hang` never answers a search, `hangWrites` a write; `deaf` hears no signal;
 * `reject` rejects writes with an error of that outcome; `refuse` refuses odd ids of a batch by name; `failSearches` rejects searches;
 * `failStats` tells no gauges; `malformed` answers searches with nonsense; `die` throws outside every operation at the first search; `without` lists parts to leave out.
 */
export interface Manners {
  readonly slow?: number
  readonly hang?: boolean
  readonly hangWrites?: boolean
  readonly reject?: 'fail' | 'unknown' | 'nothing'
  readonly refuse?: boolean
  readonly failSearches?: boolean
  readonly malformed?: boolean
  readonly failStats?: boolean
  readonly die?: boolean
  readonly blind?: boolean
  readonly loseSwap?: boolean
  /** How a second collection is opened. */
  readonly second?: 'slowly' | 'never'
  readonly without?: readonly string[]
}

type Rows = Map<number, { version: number; vector: Float32Array }>
const collections = new Map<string, Rows>()
const aliases = new Map<string, string>()
const never = <T>(): Promise<T> => new Promise(() => {})

const rowsOf = (name: string): Rows => {
  const real = aliases.get(name) ?? name
  const rows = collections.get(real)
  if (rows === undefined) throw new Error(`no collection ${real}`)
  return rows
}

const nearest = (rows: Rows, vector: Float32Array, k: number): Hit[] =>
  [...rows]
    .map(([id, row]) => ({
      id,
      version: row.version,
      distance: row.vector.reduce((sum, x, i) => sum + (x - vector[i]!) ** 2, 0),
    }))
    .sort((a, b) => a.distance - b.distance || a.id - b.id)
    .slice(0, k)
    .map(({ id, version }) => ({ id, version }))

const store = (name: string, rows: readonly Stored[]): void => {
  for (const { id, version, vector } of rows) rowsOf(name).set(id, { version, vector })
}

const write = async (manners: Manners, ids: readonly number[], run: () => void): Promise<void> => {
  if (manners.hangWrites) return never()
  if (manners.slow) await new Promise((resolve) => setTimeout(resolve, manners.slow))
  if (manners.reject === 'fail') throw refusal('disk full')
  if (manners.reject === 'unknown') throw Object.assign(new Error('reset'), { outcome: 'unknown' })
  if (manners.reject === 'nothing') throw new Error('connection reset')
  run()
  const refused = ids.filter((id) => id % 2 === 1)
  if (manners.refuse && refused.length > 0) {
    throw Object.assign(new Error('some rows were refused'), { refused })
  }
}

const engineOf = (manners: Manners, { name }: Collection): Engine => {
  const engine: Engine = {
    upsert: (rows) =>
      write(
        manners,
        rows.map(({ id }) => id),
        () => store(name, rows),
      ),
    delete: (ids) =>
      write(manners, ids, () => {
        for (const id of ids) rowsOf(name).delete(id)
      }),
    search: async (vector, k, signal) => {
      if (manners.die)
        setTimeout(() => {
          throw new Error('an event nobody handles')
        })
      if (manners.failSearches) throw new Error('index is gone')
      if (manners.malformed) return [{ id: 'seven' }] as never
      if (manners.hang) {
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        })
      }
      if (manners.slow) await new Promise((resolve) => setTimeout(resolve, manners.slow))
      return manners.blind ? [] : nearest(rowsOf(name), vector, k)
    },
    close: async () => {},
    bulkLoad: async (batches) => {
      for await (const rows of batches) store(name, rows)
    },
    get: async (ids) =>
      ids.flatMap((id) => {
        const row = rowsOf(name).get(id)
        return row ? [{ id, version: row.version }] : []
      }),
    exact: async (vector, k) => nearest(rowsOf(name), vector, k),
    compact: async () => {},
    settle: async () => {},
    stats: async () => {
      if (manners.failStats) throw new Error('no gauges today')
      return { rows: rowsOf(name).size }
    },
  }
  for (const part of manners.without ?? [])
    delete (engine as unknown as Record<string, unknown>)[part]
  return engine
}

export default {
  name: 'fake',
  parse: (options) => {
    if (options === 'bad') throw new Error('the option "url" is bad')
    return (options ?? {}) as Manners
  },
  open: async (options, at) => {
    if (options.second && at.name.endsWith('_1')) {
      if (options.second === 'never') throw new Error('no room for a second')
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
    if (!collections.has(at.name) && !aliases.has(at.name)) collections.set(at.name, new Map())
    return engineOf(options, at)
  },
  drop: async (_, name) => {
    collections.delete(name)
    aliases.delete(name)
  },
  swap: async (options, alias, name) => {
    if (options.loseSwap && aliases.has(alias)) throw refusal('no alias today')
    aliases.set(alias, name)
  },
  describe: async () => ({ version: 'fake', collections: collections.size }),
} satisfies Adapter<Manners>
