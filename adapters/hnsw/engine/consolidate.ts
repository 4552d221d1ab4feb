import type { Shape } from './hnsw.ts'
import type { Memory } from './memory.ts'

/** How far consolidated links may reach beyond what Algorithm 4 would keep; without it, churn thins the graph out. */
const ALPHA = 1.1
/** Blocks that one step looks at. */
const STEP = 64

/**
 * Takes tombstones out of the graph, in steps between which reads and writes may come: each node that links to one gets new
 * links, then nodes that no way leads to are linked again, and the slots are free. Ends early
 * where the index was cleared meanwhile.
 */
export function* consolidate(
  { kernel, context, taken }: Memory,
  doomed: readonly number[],
  isCurrent: () => boolean,
): Generator<void, void> {
  for (const slot of doomed) kernel.doom(slot)
  for (let from = 0; from < kernel.usedBlocks(); from += STEP) {
    if (taken(kernel.repair(context, from, from + STEP, ALPHA)) > 0) yield
    if (!isCurrent()) return
  }
  kernel.moveEntry()
  taken(kernel.relinkUnreachable(context))
  for (const slot of doomed) kernel.free(slot)
}

/** Walks every link of layer 0; `rows` counts tombstones too. */
export const shapeOf = ({ kernel, context, taken }: Memory, rows: number): Shape => {
  taken(kernel.spreadFromEntry(context))
  return {
    meanDegree: rows === 0 ? 0 : kernel.degree() / rows,
    unreachable: kernel.unreachable(context),
  }
}
