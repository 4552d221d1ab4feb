import type { Schemas } from '@qdrant/js-client-rest'
import { statusOf } from './outcome.ts'
import type { Rest } from './rest-client.ts'

export type CollectionInfo = Schemas['CollectionInfo']
export type Optimizations = Schemas['OptimizationsResponse']
export type OptimizersDiff = Schemas['OptimizersConfigDiff']

/** What the telemetry tells of one segment. */
export interface Segment {
  readonly num_points: number
  readonly num_indexed_vectors: number
  readonly num_deleted_vectors: number
}

interface Telemetry {
  readonly collections: { readonly collections?: readonly CollectionTelemetry[] }
}
interface CollectionTelemetry {
  readonly id: string
  readonly shards?: readonly Shard[]
}
interface Shard {
  readonly local?: { readonly segments?: readonly { readonly info: Segment }[] } | null
}

/** What is asked of the server beside rows and searches; always over HTTP. */
export interface Control {
  version(): Promise<string>
  /** Null if there is no collection or alias of that name. */
  info(name: string, signal?: AbortSignal): Promise<CollectionInfo | null>
  optimizations(name: string, signal?: AbortSignal): Promise<Optimizations>
  create(name: string, body: Schemas['CreateCollection']): Promise<void>
  /** Changes optimizer settings, which makes the optimizers look at every segment anew. */
  tune(name: string, settings: OptimizersDiff, signal?: AbortSignal): Promise<void>
  /** Null where not every shard is on this server, or the name is an alias. */
  segments(name: string, signal?: AbortSignal): Promise<readonly Segment[] | null>
  /** Aliases go with the collection they point at. False if there is no collection of that name; it may be an alias. */
  drop(name: string): Promise<boolean>
  /** In one step: the alias is never absent, and no search sees half of it. */
  pointAlias(alias: string, name: string): Promise<void>
  dropAlias(alias: string): Promise<void>
}

const PATIENCE = 60_000
/** The level of detail from which on the telemetry names segments. */
const WITH_SEGMENTS = 4

export const controlOf = (rest: Rest): Control => {
  const limited = (signal?: AbortSignal) => signal ?? AbortSignal.timeout(PATIENCE)
  const aliases = (actions: Schemas['ChangeAliasesOperation']['actions']): Promise<unknown> =>
    rest.ask('aliases', limited(), (api, init) => api.updateAliases({ actions }, init))
  return {
    version: async () => {
      const { version } = await rest.askBare<{ version?: unknown }>(
        'version',
        limited(),
        (api, init) => api.root({}, init),
      )
      if (typeof version === 'string') return version
      throw new Error('qdrant: version: what answers at this url is no Qdrant')
    },
    info: async (collection_name, signal) => {
      try {
        return await rest.ask<CollectionInfo>('collection', limited(signal), (api, init) =>
          api.getCollection({ collection_name }, init),
        )
      } catch (error) {
        return unlessAbsent(error)
      }
    },
    optimizations: (collection_name, signal) =>
      rest.ask('optimizations', limited(signal), (api, init) =>
        api.getOptimizations({ collection_name }, init),
      ),
    create: async (collection_name, body) => {
      await rest.ask('create', limited(), (api, init) =>
        api.createCollection({ collection_name, ...body }, init),
      )
    },
    tune: async (collection_name, optimizers_config, signal) => {
      await rest.ask('settings', limited(signal), (api, init) =>
        api.updateCollection({ collection_name, optimizers_config }, init),
      )
    },
    segments: async (name, signal) => {
      const { collections } = await rest.ask<Telemetry>('telemetry', limited(signal), (api, init) =>
        api.telemetry({ details_level: WITH_SEGMENTS }, init),
      )
      return segmentsOf(collections.collections?.find(({ id }) => id === name))
    },
    drop: (collection_name) =>
      rest.ask('drop', limited(), (api, init) => api.deleteCollection({ collection_name }, init)),
    pointAlias: async (alias_name, collection_name) => {
      await aliases([
        { delete_alias: { alias_name } },
        { create_alias: { alias_name, collection_name } },
      ])
    },
    dropAlias: async (alias_name) => {
      await aliases([{ delete_alias: { alias_name } }])
    },
  }
}

const segmentsOf = (collection: CollectionTelemetry | undefined): Segment[] | null => {
  const shards = collection?.shards?.map(({ local }) => local?.segments)
  if (!shards?.every((segments) => segments !== undefined)) return null
  return shards.flatMap((segments) => segments.map(({ info }) => info))
}

/** Null instead of the error that says: there is none. */
const unlessAbsent = (error: unknown): null => {
  if (error instanceof Error && statusOf(error.cause) === 404) return null
  throw error
}
