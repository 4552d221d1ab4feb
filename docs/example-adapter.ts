/**
 * An adapter of one's own, whole: exact search in memory. Copy it, put your system's client where the Map is, and run
 * `driftmark run scenario.yaml --target ./example-adapter.ts`. What your system cannot do, leave out.
 */
import type { Adapter, Engine, Stored } from 'driftmark'

/** An error that says: this surely did not happen. Any other error of a write counts as unknown. */
const refusal = (message: string): Error => Object.assign(new Error(message), { outcome: 'fail' })

const collections = new Map<string, Map<number, Stored>>()

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)

const engineOf = (rows: Map<number, Stored>, dimensions: number): Engine => {
  let open = true
  const check = (signal: AbortSignal, vectors: readonly Float32Array[]) => {
    signal.throwIfAborted()
    if (!open) throw refusal('the engine is closed')
    for (const vector of vectors) {
      if (vector.length !== dimensions) {
        throw refusal(`a vector has ${vector.length} dimensions, the collection has ${dimensions}`)
      }
      if (!vector.every(Number.isFinite))
        throw refusal('a vector holds a number that is not finite')
    }
  }
  return {
    upsert: async (batch, signal) => {
      check(
        signal,
        batch.map(({ vector }) => vector),
      )
      for (const row of batch) rows.set(row.id, { ...row, vector: row.vector.slice() })
    },
    delete: async (ids, signal) => {
      check(signal, [])
      for (const id of ids) rows.delete(id)
    },
    search: async (vector, k, signal) => {
      check(signal, [vector])
      return [...rows.values()]
        .map(({ id, version, vector: own }) => ({ id, version, far: distance(vector, own) }))
        .sort((a, b) => a.far - b.far)
        .slice(0, k)
    },
    get: async (ids, signal) => {
      check(signal, [])
      return ids.flatMap((id) => rows.get(id) ?? [])
    },
    count: async (signal) => {
      check(signal, [])
      return rows.size
    },
    close: async () => {
      open = false
    },
  }
}

export default {
  name: 'example',
  parse: (options) => {
    for (const name of Object.keys(options ?? {}))
      throw new Error(`${name}: there is no such option`)
  },
  open: async (_options, at) => {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(at.name)) throw refusal(`"${at.name}" is no collection name`)
    if (at.metric !== 'l2') throw refusal(`metric ${at.metric} is not supported, l2 is`)
    const rows = collections.get(at.name) ?? new Map<number, Stored>()
    collections.set(at.name, rows)
    return engineOf(rows, at.dimensions)
  },
  drop: async (_options, name) => {
    collections.delete(name)
  },
  describe: async () => ({
    version: '1.0',
    durability: 'memory: nothing is kept',
    acknowledgement: 'searchable: applied',
    consistency: 'latest: one copy',
  }),
} satisfies Adapter<void>
