import type { Collection, Engine, Hit, Metric, Stored } from '../harness/model/index.ts'
import { stream } from '../harness/model/index.ts'
import { truth } from './contract/rows.ts'

export const DIMENSIONS = 16
export const signal = new AbortController().signal

/** A small collection, as a live test opens it. */
export const collection = (name: string, more: Partial<Collection> = {}): Collection => ({
  name,
  dimensions: DIMENSIONS,
  metric: 'l2',
  index: { kind: 'hnsw', m: 8, efConstruction: 32, ef: 10 },
  consistency: 'default',
  durability: 'default',
  connections: 4,
  ...more,
})

/** Vectors and rows that are the same in each run of an adapter's tests. */
export const drawnFor = (adapter: string) => {
  const rng = stream(1, adapter, 'live')
  const randomVector = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, rng.normal)
  /** Without a version, they have 0, 1 and 2 in turn. */
  const randomRows = (count: number, version?: number): readonly Stored[] =>
    Array.from({ length: count }, (_, id) => ({
      id,
      version: version ?? id % 3,
      vector: randomVector(),
    }))
  return { randomVector, randomRows }
}

export async function* batchesOf(rows: readonly Stored[]): AsyncGenerator<readonly Stored[]> {
  for (let i = 0; i < rows.length; i += 500) yield rows.slice(i, i + 500)
}

/** The k nearest of the rows, by measuring each. */
export const nearest = (
  rows: readonly Stored[],
  query: Float32Array,
  k: number,
  metric: Metric = 'l2',
): Hit[] => {
  const versions = new Map(rows.map(({ id, version }) => [id, version]))
  return truth(rows, query, k, metric).map((id) => ({ id, version: versions.get(id)! }))
}

/** Which share of the ten nearest rows a search finds, over all queries; the rows are what the collection holds. */
export const recallOf = async (
  engine: Engine,
  rows: readonly Stored[],
  queries: readonly Float32Array[],
  effort?: number,
): Promise<number> => {
  let found = 0
  for (const query of queries) {
    const truth = new Set(nearest(rows, query, 10).map(({ id }) => id))
    const hits = await engine.search(query, 10, signal, effort)
    found += hits.filter(({ id }) => truth.has(id)).length
  }
  return found / (10 * queries.length)
}
