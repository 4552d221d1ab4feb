import { z } from 'zod'
import { type CollectionOptions, SCHEMAS } from '../json.ts'
import type { Rows } from '../wire.ts'
import { type Frame, jsonPayload, payloadJson } from './frame.ts'

/** Options of a collection, the seed drawn. */
export type Settled = CollectionOptions & { readonly seed: number }

/** What a folder keeps of the options. */
export const SETTLED = SCHEMAS.collection.required({ seed: true })
const NAMED = {
  create: z.strictObject({ name: z.string(), options: SETTLED }),
  drop: z.strictObject({ name: z.string() }),
  alias: z.strictObject({ alias: z.string(), name: z.string() }),
} as const

/** Operations on names alone. */
export type Named =
  | { readonly kind: 'create'; readonly name: string; readonly options: Settled }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'alias'; readonly alias: string; readonly name: string }

/** What changes the collections: what is logged, and what a replay does again. A collection's number is that of its creation. */
export type Operation =
  | Named
  | { readonly kind: 'upsert'; readonly collection: number; readonly rows: Rows }
  | { readonly kind: 'delete'; readonly collection: number; readonly ids: Uint32Array }
  | { readonly kind: 'clear'; readonly collection: number }

const WORD = 4
/** Collection and number of rows or ids. */
const HEAD = 12

/** Bytes of a row: id, version, vector. */
export const rowBytes = (dimensions: number): number => WORD * (2 + dimensions)

/**
 * The payload of the operation's frame, little-endian. JSON for what is rare; else
 *
 *   upsert    f64 collection · u32 n · n × (u32 id · i32 version · f32 vector[dimensions])
 *   delete    f64 collection · u32 n · u32 ids[n]
 *   clear     f64 collection · u32 0
 */
export const payloadOf = (operation: Operation): Buffer => {
  if (operation.kind === 'upsert') return rowsPayload(operation.collection, operation.rows)
  if (operation.kind === 'delete') {
    const { collection, ids } = operation
    const payload = headed(collection, ids.length, WORD * ids.length)
    payload.set(bytesOf(ids), HEAD)
    return payload
  }
  if (operation.kind === 'clear') return headed(operation.collection, 0, 0)
  const { kind: _, ...rest } = operation
  return jsonPayload(rest)
}

const rowsPayload = (collection: number, rows: Rows): Buffer => {
  const { dimensions, ids, versions, vectors } = rows
  const bytes = rowBytes(dimensions)
  const payload = headed(collection, ids.length, bytes * ids.length)
  const floats = bytesOf(vectors)
  for (let i = 0; i < ids.length; i++) {
    const at = HEAD + i * bytes
    payload.writeUInt32LE(ids[i]!, at)
    payload.writeInt32LE(versions[i]!, at + WORD)
    const from = i * WORD * dimensions
    payload.set(floats.subarray(from, from + WORD * dimensions), at + 2 * WORD)
  }
  return payload
}

const headed = (collection: number, n: number, bytes: number): Buffer => {
  const payload = Buffer.allocUnsafe(HEAD + bytes)
  payload.writeDoubleLE(collection, 0)
  payload.writeUInt32LE(n, 8)
  return payload
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** The payload of an upsert of `count` rows as such payloads hold them, `stride` bytes each. */
export const packRows = (
  collection: number,
  rows: Iterator<Buffer, void>,
  count: number,
  stride: number,
): Buffer => {
  const payload = headed(collection, count, count * stride)
  for (let i = 0; i < count; i++) {
    const row = rows.next()
    if (row.done) throw new Error('there are fewer rows than were counted')
    payload.set(row.value, HEAD + i * stride)
  }
  return payload
}

/** The operation on names that a frame holds. Throws if it holds none. */
export const namedOf = ({ kind, payload }: Frame): Named => {
  if (kind === 'create') return { kind, ...NAMED[kind].parse(payloadJson(payload)) }
  if (kind === 'drop') return { kind, ...NAMED[kind].parse(payloadJson(payload)) }
  if (kind === 'alias') return { kind, ...NAMED[kind].parse(payloadJson(payload)) }
  throw new Error(`${kind} is no operation`)
}

/** The collection that a payload of rows, ids or nothing is for. */
export const collectionOf = (payload: Buffer): number => payload.readDoubleLE(0)

/** Has the payload as many rows or ids of this size as it says? Without a size: has it a head? */
export const fits = (payload: Buffer, stride?: number): boolean =>
  payload.length >= HEAD &&
  (stride === undefined || payload.length === HEAD + stride * payload.readUInt32LE(8))

/** Ids of an upsert or a delete, each with the offset of its row, or of itself, in the payload. */
export function* idsOf(payload: Buffer, stride: number): Generator<[id: number, at: number], void> {
  const n = payload.readUInt32LE(8)
  for (let i = 0, at = HEAD; i < n; i++, at += stride) yield [payload.readUInt32LE(at), at]
}
