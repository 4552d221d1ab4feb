import { modelOf, revisionOf } from '../model/index.ts'
import { squaredNorm } from './distance.ts'
import { DELETED, type View } from './view.ts'
import type { Windows } from './windows.ts'

/** Rows that lie near each other in the dataset and are read at once. */
export interface Block {
  readonly model: number
  /** Of one version, by id. */
  readonly windows: Uint32Array
  /** Where the vectors of the version begin in the dataset: that of id i lies i further on. */
  readonly origin: number
}

/** Floats in a block: what stays in a core's cache while several queries use it. */
const BLOCK = 65_536

/**
 * The windows that hold a version, in the order in which their vectors lie in the dataset, cut into blocks. Linear in the windows; 4 bytes
 * a window.
 */
export const blocksOf = (view: View, windows: Windows): readonly Block[] => {
  const { rows, revisions, models } = view.run.dataset
  const { id, version } = windows
  const held = byVersion(windows)
  const blocks: Block[] = []
  for (let from = 0; from < held.length; ) {
    const first = held[from]!
    const model = modelOf(version[first]!, revisions)
    const span = Math.max(16, Math.floor(BLOCK / models[model - 1]!.dimensions))
    const isNear = (window: number): boolean =>
      version[window] === version[first] && id[window]! < id[first]! + span
    let to = from + 1
    while (to < held.length && to < from + span && isNear(held[to]!)) to++
    const origin = revisionOf(version[first]!, revisions) * rows
    blocks.push({ model, windows: held.subarray(from, to), origin })
    from = to
  }
  return blocks
}

/** Windows that hold a version, by version, then id: they are in the order of their ids already. */
const byVersion = ({ count, version }: Windows): Uint32Array => {
  const last = version.reduce((most, held) => Math.max(most, held), DELETED)
  const place = new Uint32Array(last + 2)
  for (let w = 0; w < count; w++) if (version[w] !== DELETED) place[version[w]! + 1]!++
  for (let held = 0; held <= last; held++) place[held + 1]! += place[held]!
  const ordered = new Uint32Array(place[last + 1]!)
  for (let w = 0; w < count; w++) {
    if (version[w] !== DELETED) ordered[place[version[w]!]!++] = w
  }
  return ordered
}

/** The vectors of a block, back to back in its order. */
export const readBlock = (
  view: View,
  { id }: Windows,
  { model, windows, origin }: Block,
): Float32Array => {
  const { vectors, dimensions } = view.run.dataset.models[model - 1]!
  const first = id[windows[0]!]!
  const last = id[windows.at(-1)!]!
  const whole = vectors.slice(origin + first, origin + last + 1)
  if (windows.every((window, i) => id[window] === first + i)) return whole
  const packed = new Float32Array(windows.length * dimensions)
  windows.forEach((window, i) => {
    const from = (id[window]! - first) * dimensions
    packed.set(whole.subarray(from, from + dimensions), i * dimensions)
  })
  return packed
}

/** ‖x‖ of every window's vector: 8 bytes a window, 0 for one that holds none. */
export const normsOf = (view: View, windows: Windows, blocks: readonly Block[]): Float64Array => {
  const norms = new Float64Array(windows.count)
  for (const block of blocks) {
    const rows = readBlock(view, windows, block)
    const dimensions = rows.length / block.windows.length
    block.windows.forEach((window, i) => {
      norms[window] = Math.sqrt(squaredNorm(rows, i * dimensions, dimensions))
    })
  }
  return norms
}

/** Median length of the vectors: the lower of the two middle ones where their number is even; 0 without vectors. */
export const medianOf = (blocks: readonly Block[], norms: Float64Array): number => {
  const lengths = new Float64Array(blocks.reduce((sum, { windows }) => sum + windows.length, 0))
  let at = 0
  for (const { windows } of blocks) for (const window of windows) lengths[at++] = norms[window]!
  return lengths.sort()[(lengths.length - 1) >> 1] ?? 0
}
