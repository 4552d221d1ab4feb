import {
  FAIL,
  type Id,
  type Micros,
  NO_VERSION,
  NOT_SENT,
  OK,
  type OpColumns,
  PROBE,
  SEARCH,
  type Version,
  VIA_INDEX,
} from '../model/index.ts'
import { upsertKind, type WriteKind } from './kind.ts'
import { DELETED, type View, type Write } from './view.ts'

/** An `ok` answer to a probe, or to an exact check. A probe that failed or timed out is neither hit nor miss, and is not here. */
export interface Answer {
  readonly sent: Micros
  readonly done: Micros
  /** It returned the version that was written; for a delete, the id in any version. */
  readonly hit: boolean
}

/** All that was asked of one row of one probed write, in the order of `sent`. */
export interface Ladder {
  readonly write: Write
  readonly kind: WriteKind
  readonly phase: number
  /** Drawn to be probed to the deadline. */
  readonly watched: boolean
  readonly answers: readonly Answer[]
  /** Exact checks, each asked right after a miss. */
  readonly exact: readonly Answer[]
  /** When the last probe that failed, timed out or was never answered was sent; −Infinity if there is none. */
  readonly lastUnanswered: Micros
  /** When the id's next write that did not fail was sent; Infinity if there is none. */
  readonly next: Micros
  /** A rung was skipped because the next write was due. */
  readonly cutShort: boolean
  /** Probes that were sent. */
  readonly sent: number
  readonly skippedForTokens: number
}

/**
 * The ladders of the run, one for each probed row of a write that was offered and did not fail, in the order of their first rung.
 * A write that surely failed made nothing visible: its probes prove nothing, and it is counted among the outcomes (definitions §1) alone.
 */
export const laddersOf = (view: View): readonly Ladder[] => {
  const { ops } = view.trace
  const { rows, starts, rungs } = rungsByRow(view)
  const ladders: Ladder[] = []
  for (let i = 0; i < rows.length; i++) {
    const own = rungs.subarray(starts[i]!, starts[i + 1]!)
    const of = ops.of[own[0]!]!
    const writes = view.writesOf(ops.space[of]!, rows[i]!)
    const write = writes.find(({ op }) => op === of)
    if (write && write.outcome !== FAIL) ladders.push(ladderOf(view, write, writes, own))
  }
  return ladders
}

/**
 * The probes by the written row that they ask for: those of row i, whose id is rows[i], are rungs[starts[i]] … rungs[starts[i + 1] − 1],
 * in the order of the trace; the rows in the order of their first rung.
 */
const rungsByRow = ({ trace: { ops } }: View) => {
  const rowOf = new Int32Array(ops.ids.length).fill(-1)
  const rows: Id[] = []
  const sizes: number[] = []
  const each = (take: (op: number, row: number) => void): void => {
    for (let op = 0; op < ops.count; op++) {
      if (ops.kind[op] !== PROBE) continue
      const written = placeOf(ops, op)
      if (written < 0) continue
      if (rowOf[written]! < 0) {
        rowOf[written] = rows.push(ops.ids[written]!) - 1
        sizes.push(0)
      }
      take(op, rowOf[written]!)
    }
  }
  each((_, row) => void sizes[row]!++)
  const starts = new Uint32Array(rows.length + 1)
  sizes.forEach((size, row) => {
    starts[row + 1] = starts[row]! + size
  })
  const next = starts.slice()
  const rungs = new Uint32Array(starts[rows.length]!)
  each((op, row) => {
    rungs[next[row]!++] = op
  })
  return { rows, starts, rungs }
}

/** Where in `ops.ids` the row of a probe was written; −1 if the write that it names holds no such row. */
const placeOf = (ops: OpColumns, probe: number): number => {
  const of = ops.of[probe]!
  const id = ops.ids[ops.rows[probe]!]!
  for (let row = ops.rows[of]!; row < ops.rows[of + 1]!; row++) if (ops.ids[row] === id) return row
  return -1
}

const ladderOf = (
  view: View,
  write: Write,
  writes: readonly Write[],
  rungs: Uint32Array,
): Ladder => {
  const { ops } = view.trace
  const answers: Answer[] = []
  const exact: Answer[] = []
  let lastUnanswered = -Infinity
  let sent = 0
  let skippedForTokens = 0
  let cutShort = false
  for (const op of rungs) {
    const why = errorOf(view, op)
    if (why === NOT_SENT.tokens) skippedForTokens++
    if (why === NOT_SENT.superseded) cutShort = true
    const at = view.sentOf(op)
    if (Number.isNaN(at)) continue
    sent++
    const answer = answerOf(view, view.eventOf[op]!, write)
    if (answer) answers.push(answer)
    else lastUnanswered = Math.max(lastUnanswered, at)
    const check = answerOf(view, view.exactOf.get(op) ?? -1, write)
    if (check) exact.push(check)
  }
  return {
    write,
    kind: write.version === DELETED ? 'delete' : upsertKind(view, write.space, write.id, write.op),
    phase: ops.phase[write.op]!,
    watched: rungs.some((op) => ops.watch[op] === 1),
    answers: answers.sort(bySent),
    exact: exact.sort(bySent),
    lastUnanswered,
    next: nextOf(write, writes),
    cutShort,
    sent,
    skippedForTokens,
  }
}

const nextOf = (write: Write, writes: readonly Write[]): Micros =>
  writes
    .filter(({ op, outcome }) => op > write.op && outcome !== FAIL)
    .reduce((earliest, { sent }) => Math.min(earliest, sent), Infinity)

const errorOf = ({ history, eventOf }: View, op: number): string | undefined => {
  const event = eventOf[op]!
  return event < 0 ? undefined : history.errors[history.error[event]!]
}

const answerOf = ({ history }: View, event: number, write: Write): Answer | null => {
  if (event < 0 || history.outcome[event] !== OK) return null
  let hit = false
  for (let i = history.hits[event]!; i < history.hits[event + 1]! && !hit; i++) {
    hit = history.hitIds[i] === write.id && isWanted(history.hitVersions[i]!, write.version)
  }
  return { sent: history.sent[event]!, done: history.done[event]!, hit }
}

/** A hit without a version counts by its id: enough for an insert, whose id was not there before. */
const isWanted = (found: Version, written: Version): boolean =>
  written === DELETED || found === written || found === NO_VERSION

const bySent = (a: Answer, b: Answer): number => a.sent - b.sent

/** Probes of all ladders and foreground or checkpoint searches that were sent in some phases: what probing adds to the load. */
export const probeShare = (view: View, isInScope: (phase: number) => boolean): number | null => {
  const { history } = view
  const { kind, phase } = view.trace.ops
  let probes = 0
  let all = 0
  for (let event = 0; event < history.count; event++) {
    const op = history.op[event]!
    const asks = kind[op] === PROBE || kind[op] === SEARCH
    if (!asks || history.via[event] !== VIA_INDEX) continue
    if (Number.isNaN(history.sent[event]!) || !isInScope(phase[op]!)) continue
    all++
    if (kind[op] === PROBE) probes++
  }
  return all === 0 ? null : probes / all
}
