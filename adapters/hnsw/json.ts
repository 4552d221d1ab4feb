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
  /** Of the first, where it is JSON: parsed, it takes many times as much. */
  jsonBytes: 16 * 1024 * 1024,
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
  consolidation: z.union([z.literal('off'), z.number().min(0.01).max(1)]).default(0.15),
  /** How far the links mended then may reach; what the metric wants, if absent. */
  alpha: z.number().min(1).max(2).optional(),
  /** Are rows answered once they are stored and found by exact scan, and linked after? */
  tiered: z.enum(['on', 'off']).default('on'),
})
export type CollectionOptions = z.infer<typeof collection>
/** The options as a client gives them: what is left out has its default. */
export type Settings = { [Key in keyof CollectionOptions]?: CollectionOptions[Key] | undefined }

const row = z.strictObject({
  id,
  version: version.default(0),
  vector: z.array(z.number()).min(1),
})
const rows = z.strictObject({ rows: z.array(row) })
const ids = z.strictObject({ ids: z.array(id) })
const query = z.strictObject({
  vector: z.array(z.number()),
  k: z.int().min(1),
  /** 0, as none: the collection's own. */
  ef: z.int().min(0).optional(),
})
const alias = z.strictObject({ collection: name })

/** What bodies of JSON hold, for the description of the server. */
export const SCHEMAS = { collection, rows, ids, query, alias } as const

/** An array whose entries are looked at later, one by one up to the first that is wrong: the schema would collect what is wrong with each. */
const list = z.custom<unknown[]>(Array.isArray, 'Invalid input: expected array')
const shells = {
  rows: z.strictObject({ rows: list }),
  row: row.extend({ vector: list }),
  ids: z.strictObject({ ids: list }),
  query: query.extend({ vector: list }),
} as const

/** JSON of a body, or a refusal that names the place. */
const read = <T>(schema: z.ZodType<T>, body: Uint8Array, what: string): T => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw refused(400, 'body', `the body is no JSON: ${(error as Error).message}`)
  }
  return held(schema, value, what)
}

/** Of what is wrong, the client is told so much. */
const TOLD = 300

/** The value, if it is what the schema says; the refusal names the place, behind that of the value itself. */
const held = <T>(schema: z.ZodType<T>, value: unknown, what: string, ...at: string[]): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw refused(
    400,
    what,
    [[...at, ...path].join('.'), message].filter(Boolean).join(': ').slice(0, TOLD),
  )
}

/** Adds the entries of a list to the numbers; the first that is none is refused. */
const addNumbers = (numbers: number[], list: unknown[], at: string): number[] => {
  for (const [i, value] of list.entries()) {
    numbers.push(typeof value === 'number' ? value : held(z.number(), value, 'body', at, `${i}`))
  }
  return numbers
}

export const checkName = (text: string): string => {
  if (name.safeParse(text).success) return text
  throw refused(400, 'name', `the name must match [a-z][a-z0-9_]{0,62}`)
}

export const jsonCollection = (body: Uint8Array): CollectionOptions =>
  read(collection, body, 'options')
export const jsonAlias = (body: Uint8Array): string => read(alias, body, 'body').collection
export const jsonIds = (body: Uint8Array): Uint32Array => {
  const { ids: given } = read(shells.ids, body, 'body')
  return Uint32Array.from(given, (value, i) => {
    const isId = typeof value === 'number' && value >>> 0 === value
    return isId ? value : held(id, value, 'body', 'ids', `${i}`)
  })
}

export const jsonQuery = (body: Uint8Array): Query => {
  const { vector: given, k, ef } = read(shells.query, body, 'body')
  const vector = Float32Array.from(addNumbers([], given, 'vector'))
  return { k, ef: ef ?? 0, vector }
}

/** Rows of `dimensions` floats each; the first that has another number of them is named. */
export const jsonRows = (body: Uint8Array, dimensions: number): Rows => {
  const { rows: given } = read(shells.rows, body, 'body')
  const ids = new Uint32Array(given.length)
  const versions = new Int32Array(given.length)
  const floats: number[] = []
  given.forEach((value, i) => {
    const { vector, ...row } = held(shells.row, value, 'body', 'rows', `${i}`)
    if (vector.length !== dimensions) {
      throw wrongDimensions(`row ${row.id}`, vector.length, dimensions)
    }
    ids[i] = row.id
    versions[i] = row.version
    addNumbers(floats, vector, `rows.${i}.vector`)
  })
  return { dimensions, ids, versions, vectors: Float32Array.from(floats) }
}

export const wrongDimensions = (what: string, found: number, dimensions: number) =>
  refused(400, 'dimensions', `${what} has ${found} dimensions, the collection ${dimensions}`)

/** The largest float: JSON has no word for what is beyond. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127
const bounded = (distance: number): number => Math.min(Math.max(distance, -LARGEST), LARGEST)

export const hitsJson = ({ ids, versions, distances }: Hits): unknown => ({
  hits: Array.from(ids, (id, i) => ({
    id,
    version: versions[i],
    distance: bounded(distances[i]!),
  })),
})
