import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { OpColumns, Trace, TraceMeta } from '../model/index.ts'

/** The columns in the order they are hashed: the order of OpColumns. */
export const HASHED = [
  'at',
  'kind',
  'space',
  'phase',
  'rows',
  'ids',
  'versions',
  'query',
  'model',
  'k',
  'effort',
  'perturb',
  'expect',
  'watch',
  'exact',
  'of',
  'checkpoint',
  'action',
] as const satisfies readonly (keyof OpColumns)[]

/** A SHA-256 on its way (FIPS 180-4): takes bytes in order, then gives their digest. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
}

/** Values of a column that are brought into shape at once. */
const PIECE = 1 << 16

/**
 * `sha256:` and the digest of the metadata without `hash` and without what is held against the findings or told to
 * people (the scenario's `about` and `limits`), as canonical JSON in UTF-8, then the values of each column of HASHED, one
 * after the other, little-endian, without padding, at their own width; −1 (no such thing) as 0. docs/trace.md is the
 * full account.
 *
 * @param begin a hasher of the caller's own, where the machine has a faster one
 */
export const hashTrace = (
  { meta, ops }: { readonly meta: Omit<TraceMeta, 'hash'>; readonly ops: OpColumns },
  begin: () => Sha256 = sha256.create,
): string => {
  const digest = begin()
  digest.update(utf8ToBytes(canonicalJson(asked(meta))))
  for (const name of HASHED) {
    for (let from = 0; from < ops[name].length; from += PIECE) {
      digest.update(littleEndian(ops[name].subarray(from, from + PIECE)))
    }
  }
  return `sha256:${bytesToHex(digest.digest())}`
}

/** The part of the metadata that says what is asked: a limit moved or a sentence mended leaves runs comparable. */
const asked = (meta: Omit<TraceMeta, 'hash'>): object => {
  const { hash: _, ...rest } = meta as Trace['meta']
  if (meta.format === 'driftmark-trace/1') return rest
  const { about: _about, limits: _limits, ...scenario } = rest.scenario
  return { ...rest, scenario }
}

/**
 * JSON without white space, keys sorted by UTF-16 code unit, numbers and strings as ECMAScript writes them
 * (RFC 8785).
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}

const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const littleEndian = (column: OpColumns[(typeof HASHED)[number]]): Uint8Array => {
  const values = column instanceof Int32Array ? column.map((value) => Math.max(0, value)) : column
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  if (LITTLE) return bytes
  const swapped = bytes.slice()
  const width = values.BYTES_PER_ELEMENT
  for (let from = 0; from < swapped.length; from += width)
    swapped.subarray(from, from + width).reverse()
  return swapped
}
