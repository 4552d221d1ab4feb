import { modelOf, revisionOf } from '../model/index.ts'
import { squaredNorm } from './distance.ts'
import { DELETED, type View } from './view.ts'
import type { Windows } from './windows.ts'

/** Rows that lie near each other in the dataset and are read at once. */
export interface Block {
  readonly model: number
  readonly windows: Uint32Array
  readonly indices: Uint32Array
}

/** Floats in a block: what stays in a core's cache while several queries use it. */
const BLOCK = 65_536

/** The windows that hold a version, in the order in which their vectors lie in the dataset, cut into blocks. */
export const blocksOf = (view: View, windows: Windows): readonly Block[] => {
  const { rows, revisions, models } = view.run.dataset
  const held = Uint32Array.from({ length: windows.count }, (_, window) => window).filter(
    (window) => windows.version[window] !== DELETED,
  )
  const model = (window: number): number => modelOf(windows.version[window]!, revisions)
  const index = (window: number): number =>
    revisionOf(windows.version[window]!, revisions) * rows + windows.id[window]!
  held.sort((a, b) => model(a) - model(b) || index(a) - index(b) || a - b)
  const blocks: Block[] = []
  for (let from = 0; from < held.length; ) {
    const of = model(held[from]!)
    const span = Math.max(16, Math.floor(BLOCK / models[of - 1]!.dimensions))
    let to = from + 1
    const last = index(held[from]!) + span
    while (to < held.length && model(held[to]!) === of && index(held[to]!) < last) to++
    const part = held.slice(from, to)
    blocks.push({ model: of, windows: part, indices: part.map(index) })
    from = to
  }
  return blocks
}

/** The vectors of a block, back to back in its order. */
export const readBlock = (view: View, { model, indices }: Block): Float32Array => {
  const { vectors, dimensions } = view.run.dataset.models[model - 1]!
  const base = indices[0]!
  const whole = vectors.slice(base, indices.at(-1)! + 1)
  if (indices.every((index, i) => index === base + i)) return whole
  const packed = new Float32Array(indices.length * dimensions)
  indices.forEach((index, i) => {
    const from = (index - base) * dimensions
    packed.set(whole.subarray(from, from + dimensions), i * dimensions)
  })
  return packed
}

/** ‖x‖ of every window's vector. */
export const normsOf = (view: View, blocks: readonly Block[], count: number): Float64Array => {
  const norms = new Float64Array(count)
  for (const block of blocks) {
    const rows = readBlock(view, block)
    const dimensions = rows.length / block.windows.length
    block.windows.forEach((window, i) => {
      norms[window] = Math.sqrt(squaredNorm(rows, i * dimensions, dimensions))
    })
  }
  return norms
}

/** Median length of the vectors: the lower of the two middle ones where their number is even; 0 without vectors. */
export const medianOf = (blocks: readonly Block[], norms: Float64Array): number => {
  const lengths = blocks.flatMap((block) => Array.from(block.windows, (window) => norms[window]!))
  return Float64Array.from(lengths).sort()[(lengths.length - 1) >> 1] ?? 0
}
