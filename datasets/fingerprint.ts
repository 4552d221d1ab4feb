import { createHash } from 'node:crypto'

/** What a fingerprint covers beside the vectors. */
export interface Shape {
  readonly name: string
  readonly rows: number
  readonly revisions: number
  readonly models: readonly { readonly dimensions: number; readonly queries: number }[]
  /** For generated data: the values of the parameters, and the number of the generator's version. */
  readonly made?: Readonly<Record<string, number | null>>
}

/**
 * SHA-256 over the shape as JSON, then the bytes of each model's vectors and queries in order (float32, little-endian),
 * then labels where there are any; `sha256:` and 64 hexadecimal digits. One changed bit changes it.
 */
export const fingerprint = (shape: Shape, contents: Iterable<Uint8Array>): string => {
  const { name, rows, revisions, models, made } = shape
  const hash = createHash('sha256')
  hash.update(
    JSON.stringify({ format: 'driftmark-dataset/1', name, rows, revisions, models, made }),
  )
  for (const bytes of contents) hash.update(bytes)
  return `sha256:${hash.digest('hex')}`
}

const BLOCK = 1 << 24

/** The bytes of a piece of memory in blocks, as the hash wants them: it takes no longer piece than 2 GiB. */
export function* blocksOf(memory: ArrayBufferLike): Generator<Uint8Array> {
  for (let from = 0; from < memory.byteLength; from += BLOCK) {
    yield Buffer.from(memory, from, Math.min(BLOCK, memory.byteLength - from))
  }
}
