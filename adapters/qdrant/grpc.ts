import {
  QdrantClient,
  ReadConsistencyType,
  UpdateStatus,
  WriteOrderingType,
} from '@qdrant/js-client-grpc'
import type { Collection, Hit, Id, Stored } from '../../harness/model/index.ts'
import { keyHeader } from './api-key.ts'
import { checkApplied } from './applied.ts'
import type { QdrantOptions } from './options.ts'
import { lost, unsure } from './outcome.ts'
import { type Points, VERSION } from './points.ts'

/** The parts of an answered point that are read. */
interface Point {
  readonly id?: { readonly pointIdOptions: { readonly value?: unknown } } | undefined
  readonly payload: Readonly<Record<string, { readonly kind: { readonly value?: unknown } }>>
}

const CONSISTENCY = {
  all: ReadConsistencyType.All,
  majority: ReadConsistencyType.Majority,
  quorum: ReadConsistencyType.Quorum,
} as const
const ORDERING = {
  weak: WriteOrderingType.Weak,
  medium: WriteOrderingType.Medium,
  strong: WriteOrderingType.Strong,
} as const
const STATUS: Readonly<Record<number, string>> = {
  [UpdateStatus.Acknowledged]: 'acknowledged',
  [UpdateStatus.Completed]: 'completed',
  [UpdateStatus.ClockRejected]: 'clock_rejected',
  [UpdateStatus.WaitTimeout]: 'wait_timeout',
}

/**
 * Points over gRPC, on one HTTP/2 connection that every request of this engine shares. `Infinity` is the one time-out
 * under which the client leaves the caller's signal alone. An idle connection holds no process, and ends after 15 minutes.
 */
export const grpcPoints = (url: string, options: QdrantOptions, at: Collection): Points => {
  const points = new QdrantClient({
    url,
    timeout: Number.POSITIVE_INFINITY,
    checkCompatibility: false,
    compression: options.gzip,
    headers: keyHeader(),
  }).api('points')
  const collectionName = at.name
  const { wait } = options
  const ordering = options.ordering ? { ordering: { type: ORDERING[options.ordering] } } : {}
  const readConsistency =
    at.consistency in CONSISTENCY
      ? {
          readConsistency: {
            value: {
              case: 'type' as const,
              value: CONSISTENCY[at.consistency as keyof typeof CONSISTENCY],
            },
          },
        }
      : {}
  const written = (what: string, result: { status: UpdateStatus } | undefined): void =>
    checkApplied(what, STATUS[result?.status ?? 0] ?? 'no status', wait)
  return {
    upsert: async (rows, signal) => {
      const request = { collectionName, wait, ...ordering, points: rows.map(pointOf) }
      const { result } = await asked('upsert', signal, points.upsert(request, { signal }))
      written('upsert', result)
    },
    delete: async (ids, signal) => {
      const selector = { case: 'points' as const, value: { ids: ids.map(pointId) } }
      const request = {
        collectionName,
        wait,
        ...ordering,
        points: { pointsSelectorOneOf: selector },
      }
      const { result } = await asked('delete', signal, points.delete(request, { signal }))
      written('delete', result)
    },
    search: async (vector, k, { exact, ef }, signal) => {
      const { indexedOnly, quantization, rescore, oversampling } = options
      const dense = { case: 'dense' as const, value: { data: Array.from(vector) } }
      const request = {
        collectionName,
        query: { variant: { case: 'nearest' as const, value: { variant: dense } } },
        limit: BigInt(k),
        params: {
          exact,
          indexedOnly,
          ...(ef === undefined ? {} : { hnswEf: BigInt(ef) }),
          ...(quantization === null
            ? {}
            : {
                quantization: {
                  rescore: rescore ?? undefined,
                  oversampling: oversampling ?? undefined,
                },
              }),
        },
        ...RETURNED,
        ...readConsistency,
      }
      const { result } = await asked('search', signal, points.query(request, { signal }))
      return result.map(hitOf)
    },
    get: async (ids, signal) => {
      const request = { collectionName, ids: ids.map(pointId), ...RETURNED, ...readConsistency }
      const { result } = await asked('get', signal, points.get(request, { signal }))
      return result.map(hitOf)
    },
    count: async (signal) => {
      const request = { collectionName, exact: true, ...readConsistency }
      const { result } = await asked('count', signal, points.count(request, { signal }))
      if (!result) throw unsure('qdrant: count: the answer holds no count')
      return Number(result.count)
    },
  }
}

/** Of a hit only its version, never its vector. */
const RETURNED = {
  withPayload: { selectorOptions: { case: 'include' as const, value: { fields: [VERSION] } } },
  withVectors: { selectorOptions: { case: 'enable' as const, value: false } },
}

const asked = <T>(what: string, signal: AbortSignal, answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw lost(what, error, signal)
  })

const pointId = (id: Id) => ({ pointIdOptions: { case: 'num' as const, value: BigInt(id) } })

const pointOf = ({ id, version, vector }: Stored) => ({
  id: pointId(id),
  payload: { [VERSION]: { kind: { case: 'integerValue' as const, value: BigInt(version) } } },
  vectors: {
    vectorsOptions: {
      case: 'vector' as const,
      value: { vector: { case: 'dense' as const, value: { data: Array.from(vector) } } },
    },
  },
})

const hitOf = ({ id, payload }: Point): Hit => {
  const version = payload[VERSION]?.kind.value
  return {
    id: Number(id?.pointIdOptions.value),
    ...(version === undefined ? {} : { version: Number(version) }),
  }
}
