import type { Shape } from './hnsw.ts'
import type { Memory } from './memory.ts'

/**
 * How far consolidated links may reach beyond what Algorithm 4 would keep; without it, churn thins the graph out. Inner products have no
 * triangle inequality, and need more (docs/decisions/0009). For an index that is not told otherwise.
 */
export const ALPHA = { l2: 1.1, cosine: 1.1, ip: 1.25 } as const
/** Tombstones that one step dooms or frees. */
const STEP = 1024
/** What one step of the walk over all links may cost: about a millisecond. */
const BUDGET = 16_384

/**
 * Takes the doomed tombstones out of the graph, in steps between which reads and writes may come. First the centre follows the rows, if that is worth it. Then each node that links to one gets new
 * links, then nodes that no way leads to are linked again, then the slots are free. A step repairs one node, or costs as little.
 * What is freed leaves the list: after an early end, its rest are tombstones still.
 */
export function* consolidate(
  { kernel, context, taken }: Memory,
  doomed: number[],
  alpha: number,
): Generator<void, void> {
  if (kernel.isAstray() === 1) {
    yield
    kernel.recentre(context)
    yield
  }
  for (let i = 0; i < doomed.length; i++) {
    kernel.doom(doomed[i]!)
    if (i % STEP === STEP - 1) yield
  }
  for (let from = 0; from < kernel.places(); yield) {
    from = taken(kernel.repair(context, from, alpha))
  }
  kernel.moveEntry()
  taken(kernel.beginWalk(context) === 0 ? -1 : 0)
  while (taken(kernel.walkOn(context, BUDGET)) !== 0) yield
  // Searches that began before may still be at what nothing leads to any more.
  const epoch = kernel.nextEpoch()
  while (!kernel.isQuiet(epoch)) yield
  while (doomed.length > 0) {
    kernel.free(doomed.pop()!)
    if (doomed.length % STEP === 0) yield
  }
}

/** Walks every link of layer 0. */
export const shapeOf = ({ kernel, context, taken }: Memory): Shape => {
  const rows = kernel.liveRows() + kernel.tombstones()
  return {
    meanDegree: rows === 0 ? 0 : kernel.degree() / rows,
    unreachable: taken(kernel.unreachable(context)),
  }
}
