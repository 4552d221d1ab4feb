import {
  type Adapter,
  type Collection,
  type Engine,
  type Id,
  refusal,
  type Stored,
} from '../../harness/model/index.ts'
import { distance } from './rows.ts'

/** Every capability there is. */
export type Full = Required<Engine>
export type Rows = Map<Id, Stored>

/** A full scan over a Map: the plainest engine that keeps the contract. */
export const memoryEngine = (rowsOf: () => Rows, { dimensions, metric }: Collection): Full => {
  let closed = false
  const begin = (signal: AbortSignal) => {
    if (closed) throw refusal('closed')
    signal.throwIfAborted()
    return rowsOf()
  }
  const check = (vector: Float32Array) => {
    if (vector.length !== dimensions) throw refusal(`${vector.length} dimensions`)
    if (!vector.every(Number.isFinite)) throw refusal('not finite')
  }
  const engine: Full = {
    upsert: async (rows, signal) => {
      const stored = begin(signal)
      for (const { vector } of rows) check(vector)
      for (const row of rows) stored.set(row.id, row)
    },
    delete: async (ids, signal) => {
      const stored = begin(signal)
      for (const id of ids) stored.delete(id)
    },
    search: async (vector, k, signal) => {
      const stored = begin(signal)
      check(vector)
      return [...stored.values()]
        .map(({ id, version, vector: row }) => ({
          id,
          version,
          far: distance(metric, vector, row),
        }))
        .sort((a, b) => a.far - b.far)
        .slice(0, k)
    },
    exact: (vector, k, signal) => engine.search(vector, k, signal),
    close: async () => {
      closed = true
    },
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) await engine.upsert(rows, signal)
    },
    get: async (ids, signal) => {
      const stored = begin(signal)
      return ids.flatMap((id) => stored.get(id) ?? [])
    },
    count: async (signal) => begin(signal).size,
    settle: async (signal) => void begin(signal),
    compact: async (signal) => void begin(signal),
    stats: async () => ({ rows: rowsOf().size }),
    plan: async () => 'exact',
  }
  return engine
}

/** The memory adapter, its engines and itself changed by a few lines. */
export const memory = (
  engineChange: (engine: Full, at: Collection) => Partial<Engine> = () => ({}),
  change: (adapter: Required<Adapter>) => Partial<Adapter> = () => ({}),
): Adapter => {
  const collections = new Map<string, Rows>()
  const aliases = new Map<string, string>()
  const own = (name: string) => aliases.get(name) ?? name
  const adapter: Required<Adapter> = {
    name: 'memory',
    parse: (options) => {
      for (const name of Object.keys(options ?? {})) throw new Error(`memory: ${name}: no option`)
      return null
    },
    open: async (_, at) => {
      if (!/^[a-z][a-z0-9_]{0,62}$/.test(at.name)) throw refusal(`the name "${at.name}"`)
      if (!collections.has(own(at.name))) collections.set(at.name, new Map())
      const engine = memoryEngine(() => collections.get(own(at.name))!, at)
      return { ...engine, ...engineChange(engine, at) }
    },
    drop: async (_, name) => void collections.delete(name),
    swap: async (_, alias, name) => void aliases.set(alias, name),
    launch: async () => {
      throw new Error('memory: there is no server to launch')
    },
    describe: async () => ({ version: '1' }),
  }
  return { ...adapter, ...change(adapter) }
}
