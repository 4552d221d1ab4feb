import { z } from 'zod'
import { refused } from './refused.ts'
import type { Hits, Query, Rows } from './wire.ts'

/** What the server holds a request to; beyond these it refuses, it never cuts. */
export const LIMITS = {
  dimensions: 4096,
  k: 10_000,
  ef: 100_000,
  m: 128,
  efConstruction: 10_000,
  /** Of a body that brings rows or the ids to delete, and of any other. */
  bodyBytes: 64 * 1024 * 1024,
  questionBytes: 1024 * 1024,
  /** Writes that wait for their answer, and the bytes of their bodies. */
  queuedWrites: 1024,
  queuedBytes: 256 * 1024 * 1024,
  collections: 256,
  aliases: 1024,
} as const

const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)
const id = z.int().min(0).max(0xffff_ffff)
const version = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1)

/** PUT /collections/NAME. The seed draws the layers. */
const collection = z.strictObject({
  dimensions: z.int().min(1).max(LIMITS.dimensions),
  metric: z.enum(['l2', 'cosine', 'ip']),
  kind: z.enum(['hnsw', 'exact']).default('hnsw'),
  m: z.int().min(2).max(LIMITS.m).default(16),
  efConstruction: z.int().min(1).max(LIMITS.efConstruction).default(128),
  ef: z.int().min(1).max(LIMITS.ef).default(64),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** Tombstones, as a share of live rows, beyond which they are taken out without being asked. */
  consolidation: z.union([z.literal('off'), z.number().min(0.01).max(1)]).default(0.1),
})
export type CollectionOptions = z.infer<typeof collection>
/** The options as a client gives them: what is left out has its default. */
export type Settings = { [Key in keyof CollectionOptions]?: CollectionOptions[Key] | undefined }

const rows = z.strictObject({
  rows: z.array(
    z.strictObject({ id, version: version.default(0), vector: z.array(z.number()).min(1) }),
  ),
})
const ids = z.strictObject({ ids: z.array(id) })
const query = z.strictObject({
  vector: z.array(z.number()),
  k: z.int().min(1),
  ef: z.int().min(1).optional(),
})
const alias = z.strictObject({ collection: name })

/** What bodies of JSON hold, for the description of the server. */
export const SCHEMAS = { collection, rows, ids, query, alias } as const

/** JSON of a body, or a refusal that names the place. */
const read = <T>(schema: z.ZodType<T>, body: Uint8Array, what: string): T => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw refused(400, 'body', `the body is no JSON: ${(error as Error).message}`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw refused(400, what, path.length > 0 ? `${path.join('.')}: ${message}` : message)
}

export const checkName = (text: string): string => {
  if (name.safeParse(text).success) return text
  throw refused(400, 'name', `the name must match [a-z][a-z0-9_]{0,62}`)
}

export const jsonCollection = (body: Uint8Array): CollectionOptions =>
  read(collection, body, 'options')
export const jsonAlias = (body: Uint8Array): string => read(alias, body, 'body').collection
export const jsonIds = (body: Uint8Array): Uint32Array =>
  Uint32Array.from(read(ids, body, 'body').ids)

export const jsonQuery = (body: Uint8Array): Query => {
  const { vector, k, ef } = read(query, body, 'body')
  return { k, ef: ef ?? 0, vector: Float32Array.from(vector) }
}

/** Rows of `dimensions` floats each; the first that has another number of them is named. */
export const jsonRows = (body: Uint8Array, dimensions: number): Rows => {
  const list = read(rows, body, 'body').rows
  const odd = list.find(({ vector }) => vector.length !== dimensions)
  if (odd) throw wrongDimensions(`row ${odd.id}`, odd.vector.length, dimensions)
  return {
    dimensions,
    ids: Uint32Array.from(list, (row) => row.id),
    versions: Int32Array.from(list, (row) => row.version),
    vectors: Float32Array.from(list.flatMap((row) => row.vector)),
  }
}

export const wrongDimensions = (what: string, found: number, dimensions: number) =>
  refused(400, 'dimensions', `${what} has ${found} dimensions, the collection ${dimensions}`)

export const hitsJson = ({ ids, versions, distances }: Hits): unknown => ({
  hits: Array.from(ids, (id, i) => ({ id, version: versions[i], distance: distances[i] })),
})
