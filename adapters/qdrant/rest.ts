import type { Schemas } from '@qdrant/js-client-rest'
import type { Collection, Hit, Id } from '../../harness/model/index.ts'
import { checkApplied } from './applied.ts'
import type { QdrantOptions } from './options.ts'
import { type Points, VERSION } from './points.ts'
import type { Rest } from './rest-client.ts'

type Point = { id: unknown; payload?: unknown }

/** Points over HTTP/1.1 and JSON. */
export const restPoints = (rest: Rest, options: QdrantOptions, at: Collection): Points => {
  const collection_name = at.name
  const { wait, ordering } = options
  const write = { collection_name, wait, ...(ordering ? { ordering } : {}) }
  const read = { collection_name, ...consistencyOf(at) }
  const written = (what: string, { status }: Schemas['UpdateResult']): void =>
    checkApplied(what, status, wait)
  return {
    upsert: async (rows, signal, columns) => {
      const body = columns
        ? {
            batch: {
              ids: rows.map(({ id }) => id),
              vectors: rows.map(({ vector }) => Array.from(vector)),
              payloads: rows.map(({ version }) => ({ [VERSION]: version })),
            },
          }
        : {
            points: rows.map(({ id, version, vector }) => ({
              id,
              vector: Array.from(vector),
              payload: { [VERSION]: version },
            })),
          }
      written(
        'upsert',
        await rest.ask('upsert', signal, (api, init) =>
          api.upsertPoints({ ...write, ...body }, init),
        ),
      )
    },
    delete: async (ids, signal) => {
      written(
        'delete',
        await rest.ask('delete', signal, (api, init) =>
          api.deletePoints({ ...write, points: [...ids] }, init),
        ),
      )
    },
    search: async (vector, k, { exact, ef }, signal) => {
      const { indexedOnly, rescore, oversampling, quantization } = options
      const question = {
        query: Array.from(vector),
        limit: k,
        params: {
          exact,
          indexed_only: indexedOnly,
          ...(ef === undefined ? {} : { hnsw_ef: ef }),
          ...(quantization === null ? {} : { quantization: { rescore, oversampling } }),
        },
        with_payload: [VERSION],
        with_vector: false,
      }
      const { points } = await rest.ask<{ points: Point[] }>('search', signal, (api, init) =>
        api.queryPoints({ ...read, ...question }, init),
      )
      return points.map(hitOf)
    },
    get: async (ids, signal) => {
      const question = { ids: [...ids], with_payload: [VERSION], with_vector: false }
      const points = await rest.ask<Point[]>('get', signal, (api, init) =>
        api.getPoints({ ...read, ...question }, init),
      )
      return points.map(hitOf)
    },
    count: async (signal) => {
      const { count } = await rest.ask<{ count: number }>('count', signal, (api, init) =>
        api.countPoints({ ...read, exact: true }, init),
      )
      return count
    },
  }
}

type Consistency = Exclude<Schemas['ReadConsistency'], number>

const consistencyOf = ({ consistency }: Collection): { consistency?: Consistency } =>
  consistency === 'default' ? {} : { consistency: consistency as Consistency }

const hitOf = ({ id, payload }: Point): Hit => {
  const version = (payload as Record<string, unknown> | null | undefined)?.[VERSION]
  return { id: id as Id, ...(typeof version === 'number' ? { version } : {}) }
}
