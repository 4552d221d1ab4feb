import {
  type Adapter,
  type Clock,
  type Collection,
  type Dataset,
  type Engine,
  modelOf,
  type Row,
  revisionOf,
  type Stored,
  type TraceMeta,
} from '../../model/index.ts'

/** A collection, opened twice. */
export interface Space {
  readonly collection: Collection
  readonly model: number
  readonly writer: Engine
  readonly searcher: Engine
}

/** What everything in the sender is given: the adapter with its options, and where vectors come from. */
export interface Bench {
  readonly adapter: Adapter
  readonly options: unknown
  readonly meta: TraceMeta
  readonly dataset: Dataset
  readonly prefix: string
  /** For adapters: never re-based, unlike the run's. */
  readonly clock: Clock
}

export const collectionOf = ({ meta, prefix }: Bench, name: string, model: number): Collection => ({
  name: `${prefix}_${name}`,
  dimensions: meta.dimensions[model - 1]!,
  metric: meta.metric,
  index: meta.scenario.index,
  consistency: meta.scenario.client.consistency,
  durability: meta.scenario.client.durability,
  connections: meta.scenario.client.connections,
})

/** Opens the collection of a space twice: one connection for writes, one for searches and probes. */
export const openSpace = async (bench: Bench, space: number): Promise<Space> => {
  const { model } = bench.meta.spaces[space]!
  const collection = collectionOf(bench, String(space), model)
  const open = () => bench.adapter.open(bench.options, collection, bench.clock)
  const writer = await open()
  return { collection, model, writer, searcher: await open() }
}

/** The vector of a row at a version, a copy: an adapter may read it as late as it likes. */
export const vectorOf = ({ dataset, meta }: Bench, { id, version }: Row): Float32Array => {
  const { vectors } = dataset.models[modelOf(version, meta.revisions) - 1]!
  return vectors.at(revisionOf(version, meta.revisions) * dataset.rows + id).slice()
}

export const storedOf = (bench: Bench, row: Row): Stored => ({
  id: row.id,
  version: row.version,
  vector: vectorOf(bench, row),
})

/** The queries of every model, copied once: query q of model m is `queries[m − 1][q]`. */
export const queriesOf = ({ dataset }: Bench): readonly (readonly Float32Array[])[] =>
  dataset.models.map(({ queries }) => {
    const all = queries.slice(0, queries.count)
    return Array.from({ length: queries.count }, (_, q) =>
      all.subarray(q * queries.dimensions, (q + 1) * queries.dimensions),
    )
  })
