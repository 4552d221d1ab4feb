import { totalmem } from 'node:os'
import type { Parameters } from './hnsw.ts'

/** What so many rows take at least, whatever their layers: codes, vector, links of layer 0 and the rest of a node, as in assembly/layout.ts. */
export const leastBytes = (rows: number, { dimensions, m }: Parameters): number => {
  const codes = upTo16(dimensions)
  return rows * (codes + 4 * codes + upTo16(8 * m) + NODE_BYTES)
}

/** Scale, norm, id, version, address of the upper links, state. */
const NODE_BYTES = 4 * 5 + 1
const upTo16 = (bytes: number): number => Math.ceil(bytes / 16) * 16

/** The memory of this machine, or what its container may have of it. */
export const machineBytes = (): number => {
  // 0 where the system does not tell.
  const constrained = process.constrainedMemory()
  return Math.min(totalmem(), constrained || Number.POSITIVE_INFINITY)
}
