import { readFileSync } from 'node:fs'
import { problem } from '../../errors.ts'

/** Neighbours of each query with their distances, row-major, queries × width. */
export interface TruthFile {
  readonly queries: number
  readonly width: number
  readonly ids: Uint32Array
  readonly distances: Float32Array
}

/** A ground-truth file of big-ann-benchmarks: 32-bit counts of queries and neighbours, all ids, all distances (float32). Throws TRUTH_FILE. */
export const readTruth = (file: string): TruthFile => {
  const view = viewOf(file)
  const { queries, width } = headOf(file, view)
  sized(file, view, 8 + 8 * queries * width)
  const count = queries * width
  return {
    queries,
    width,
    ids: Uint32Array.from({ length: count }, (_, i) => view.getUint32(8 + 4 * i, true)),
    distances: Float32Array.from({ length: count }, (_, i) =>
      view.getFloat32(8 + 4 * (count + i), true),
    ),
  }
}

/** The tags that are there at a step: 32-bit count, 1, the tags. Throws TRUTH_FILE. */
export const readTags = (file: string): Uint32Array => {
  const view = viewOf(file)
  const { queries: count, width } = headOf(file, view)
  if (width !== 1) throw refused(file, 4, `it says ${width} tags a row, not 1`)
  sized(file, view, 8 + 4 * count)
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(8 + 4 * i, true))
}

const refused = (file: string, offset: number, why: string, cause?: unknown) =>
  problem('TRUTH_FILE', { file, offset, why }, cause)

const viewOf = (file: string): DataView => {
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(file)
    return new DataView(buffer, byteOffset, byteLength)
  } catch (error) {
    throw refused(file, 0, `it cannot be read: ${(error as Error).message}`, error)
  }
}

const headOf = (file: string, view: DataView): { queries: number; width: number } => {
  if (view.byteLength < 8) throw refused(file, view.byteLength, 'it ends before its two counts do')
  return { queries: view.getUint32(0, true), width: view.getUint32(4, true) }
}

const sized = (file: string, { byteLength }: DataView, size: number): void => {
  if (byteLength === size) return
  const why = `its counts ask for ${size} bytes, and it has ${byteLength}`
  throw refused(file, Math.min(size, byteLength), why)
}
