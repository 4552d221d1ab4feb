import { CONTROL, type Id, type OpColumns, PROBE, SEARCH } from '../../model/index.ts'

/** More threads than this no machine spares for asking. */
export const MOST_SENDERS = 64

/** The sender that leads: it alone performs controls and probes, so that one bucket of tokens holds their cap. */
export const LEADER = 0

/**
 * Which sender performs each op, by a rule that looks at the trace alone:
 * controls and probes, the leader; searches, each the next sender in turn; writes, the others (the leader too where nothing is
 * probed), so that a probe never asks on a sender that writes. Ids that one batch touches belong together, whatever
 * the collection, and so do those they share batches with: all writes of such a set are one sender's, the one with the
 * fewest writes when the set is first met. A row's writes therefore leave in the order of the trace, and a batch stays one request.
 */
export const splitOps = (ops: OpColumns, senders: number): Uint8Array => {
  const split = new Uint8Array(ops.count)
  if (senders === 1) return split
  const firstWriter = ops.kind.includes(PROBE) ? LEADER + 1 : LEADER
  const setOf = idSets(ops)
  const writerOf = writersOf(ops, setOf, firstWriter, senders)
  let searches = 0
  for (let op = 0; op < ops.count; op++) {
    const kind = ops.kind[op]!
    if (kind === SEARCH) split[op] = searches++ % senders
    else if (kind === PROBE || kind === CONTROL) split[op] = LEADER
    else split[op] = writerOf[setOf(firstId(ops, op))]!
  }
  return split
}

/** The ops of one sender, in their order, in shared memory; null = all of them. */
export const shareOf = (split: Uint8Array, sender: number, senders: number): Uint32Array | null => {
  if (senders === 1) return null
  const count = split.reduce((sum, of) => sum + Number(of === sender), 0)
  const share = new Uint32Array(new SharedArrayBuffer(count * 4))
  let at = 0
  for (let op = 0; op < split.length; op++) if (split[op] === sender) share[at++] = op
  return share
}

const isWrite = (kind: number): boolean => kind !== SEARCH && kind !== PROBE && kind !== CONTROL

/** A write without rows belongs with id 0. */
const firstId = (ops: OpColumns, op: number): Id =>
  ops.rows[op]! < ops.rows[op + 1]! ? ops.ids[ops.rows[op]!]! : 0

/** Sets of ids that batches join, each named by one of its ids. Disjoint sets with path halving (Tarjan and van Leeuwen, 1984). */
const idSets = (ops: OpColumns): ((id: Id) => Id) => {
  const above = new Uint32Array(idsOf(ops))
  for (let id = 0; id < above.length; id++) above[id] = id
  const root = (id: Id): Id => {
    let at = id
    while (above[at] !== at) {
      above[at] = above[above[at]!]!
      at = above[at]!
    }
    return at
  }
  for (let op = 0; op < ops.count; op++) {
    if (!isWrite(ops.kind[op]!)) continue
    for (let place = ops.rows[op]! + 1; place < ops.rows[op + 1]!; place++) {
      above[root(ops.ids[place]!)] = root(firstId(ops, op))
    }
  }
  return root
}

/** How many ids there are up to the largest. */
const idsOf = ({ ids }: OpColumns): number => ids.reduce((most, id) => Math.max(most, id), 0) + 1

/** Per set of ids its sender: sets in the order of the trace, each to the sender that has the fewest writes so far. */
const writersOf = (
  ops: OpColumns,
  setOf: (id: Id) => Id,
  first: number,
  senders: number,
): Uint8Array => {
  const sizes = new Uint32Array(idsOf(ops))
  for (let op = 0; op < ops.count; op++) {
    if (isWrite(ops.kind[op]!)) sizes[setOf(firstId(ops, op))]!++
  }
  const writes = new Float64Array(senders)
  const writers = new Uint8Array(sizes.length)
  for (let op = 0; op < ops.count; op++) {
    if (!isWrite(ops.kind[op]!)) continue
    const set = setOf(firstId(ops, op))
    if (sizes[set] === 0) continue
    const least = leastOf(writes, first)
    writes[least]! += sizes[set]!
    sizes[set] = 0
    writers[set] = least
  }
  return writers
}

const leastOf = (writes: Float64Array, first: number): number => {
  let least = first
  for (let sender = first + 1; sender < writes.length; sender++) {
    if (writes[sender]! < writes[least]!) least = sender
  }
  return least
}
