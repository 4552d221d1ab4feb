import { RECORDED } from './exchanges.fixture.ts'
import type { Asked } from './stub.fixture.ts'

export interface Answer {
  readonly status: number
  /** Text goes out as text, all else as JSON. */
  readonly answer: unknown
}
type Vector = readonly (number | null)[]
interface Point {
  readonly vector: Vector
  readonly payload: unknown
  readonly operation: number
}
interface Held {
  readonly size: number
  readonly distance: string
  readonly info: { points_count: number; config: { optimizer_config: object; params: object } }
  readonly points: Map<number, Point>
  operation: number
}
export interface Store {
  readonly collections: Map<string, Held>
  readonly aliases: Map<string, string>
}

export const ok = (result: unknown): Answer => ({
  status: 200,
  answer: { result, status: 'ok', time: 0 },
})
export const bad = (status: number, error: string): Answer => ({
  status,
  answer: { status: { error }, time: 0 },
})

/** A recorded answer, copied. */
const recorded = (name: string): unknown =>
  structuredClone(RECORDED.exchanges.find((one) => one.name === name)!.answer)

/** Null where there is no such route. */
export const stubRoutes = (store: Store, asked: Asked, waited: string): Answer | null => {
  const { method, body } = asked
  const url = new URL(asked.path, 'http://stub')
  const [first, name, ...rest] = url.pathname.split('/').filter((part) => part !== '')
  if (first === undefined) return { status: 200, answer: recorded('the version') }
  if (first === 'readyz') return { status: 200, answer: 'all shards are ready' }
  if (first === 'telemetry') return ok(telemetry(store))
  if (first !== 'collections' || name === undefined) return null
  if (name === 'aliases') return alias(store, body as { actions: object[] })
  const route = `${method} ${rest.join('/')}`.trim()
  if (route === 'PUT') return create(store, name, body as Body)
  if (route === 'DELETE') return drop(store, name)
  const held = store.collections.get(store.aliases.get(name) ?? name)
  if (!held) return bad(404, `Not found: Collection \`${name}\` doesn't exist!`)
  const wait = url.searchParams.get('wait') === 'true'
  return within(held, route, body as Body, wait ? waited : 'acknowledged')
}

type Body = Record<string, never> & {
  vectors: { size: number; distance: string }
  points: { id: number; vector: Vector; payload: unknown }[] & number[]
  batch?: { ids: number[]; vectors: Vector[]; payloads: unknown[] }
  query: Vector
  limit: number
  ids: number[]
  optimizers_config: object
}

const within = (held: Held, route: string, body: Body, status: string): Answer | null => {
  switch (route) {
    case 'GET':
      return ok({ ...held.info, points_count: held.points.size })
    case 'GET optimizations':
      return { status: 200, answer: recorded('optimizations') }
    case 'PATCH':
      Object.assign(held.info.config.optimizer_config, body.optimizers_config)
      return ok(true)
    case 'PUT points':
      return upsert(held, body, status)
    case 'POST points/delete':
      for (const id of body.points) held.points.delete(id)
      return ok({ operation_id: ++held.operation, status })
    case 'POST points/count':
      return ok({ count: held.points.size })
    case 'POST points':
      return ok(
        body.ids.flatMap((id) => {
          const point = held.points.get(id)
          return point ? [{ id, payload: point.payload }] : []
        }),
      )
    case 'POST points/query':
      return query(held, body)
    default:
      return null
  }
}

const upsert = (held: Held, { points, batch }: Body, status: string): Answer => {
  const given = batch
    ? batch.ids.map((id, i) => ({ id, vector: batch.vectors[i]!, payload: batch.payloads[i] }))
    : points
  if (given.some(({ vector }) => vector.some((x) => typeof x !== 'number')))
    return { status: 400, answer: recorded('upsert of what is no number') }
  const odd = given.find(({ vector }) => vector.length !== held.size)
  if (odd) return wrongDimension(held, odd.vector)
  const operation = ++held.operation
  for (const { id, vector, payload } of given) held.points.set(id, { vector, payload, operation })
  return ok({ operation_id: operation, status })
}

const wrongDimension = ({ size }: Held, vector: Vector): Answer =>
  bad(400, `Wrong input: Vector dimension error: expected dim: ${size}, got ${vector.length}`)

const query = (held: Held, { query, limit }: Body): Answer => {
  if (limit < 1) return { status: 422, answer: recorded('search for none') }
  if (query.length !== held.size) return wrongDimension(held, query)
  const sign = held.distance === 'Euclid' ? 1 : -1
  const points = [...held.points]
    .map(([id, { vector, payload, operation }]) => ({
      id,
      version: operation,
      score: scoreOf(held.distance, query, vector),
      payload,
    }))
    .sort((a, b) => sign * (a.score - b.score) || a.id - b.id)
    .slice(0, limit)
  return ok({ points })
}

const scoreOf = (distance: string, a: Vector, b: Vector): number => {
  const dot = (x: Vector, y: Vector) => x.reduce<number>((sum, v, i) => sum + v! * y[i]!, 0)
  if (distance === 'Dot') return dot(a, b)
  if (distance === 'Cosine') return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  return Math.sqrt(a.reduce<number>((sum, v, i) => sum + (v! - b[i]!) ** 2, 0))
}

const create = ({ collections }: Store, name: string, { vectors, ...body }: Body): Answer => {
  if (collections.has(name)) return bad(409, `Wrong input: Collection \`${name}\` already exists!`)
  const { result: info } = recorded('the collection') as { result: Held['info'] }
  const { hnsw_config = {}, optimizers_config = {} } = body as Record<string, object>
  Object.assign(info.config.params, { vectors })
  Object.assign(info.config, {
    hnsw_config: { ...(info.config as { hnsw_config?: object }).hnsw_config, ...hnsw_config },
    optimizer_config: { ...info.config.optimizer_config, ...optimizers_config },
  })
  collections.set(name, { ...vectors, info, points: new Map(), operation: 0 })
  return ok(true)
}

const drop = ({ collections, aliases }: Store, name: string): Answer => {
  for (const [alias, to] of aliases) if (to === name) aliases.delete(alias)
  return ok(collections.delete(name))
}

interface Action {
  create_alias?: { alias_name: string; collection_name: string }
  delete_alias?: { alias_name: string }
}
const alias = ({ aliases }: Store, { actions }: { actions: readonly Action[] }): Answer => {
  for (const { create_alias, delete_alias } of actions) {
    if (delete_alias) aliases.delete(delete_alias.alias_name)
    if (create_alias) aliases.set(create_alias.alias_name, create_alias.collection_name)
  }
  return ok(true)
}

/** One plain segment a collection. */
const telemetry = ({ collections }: Store) => ({
  collections: {
    collections: [...collections].map(([id, { points }]) => {
      const info = { num_points: points.size, num_indexed_vectors: 0, num_deleted_vectors: 0 }
      return { id, shards: [{ local: { segments: [{ info }] } }] }
    }),
  },
})
