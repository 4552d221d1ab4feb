import {
  FAIL,
  type Id,
  type Micros,
  NO_VERSION,
  NOT_SENT,
  OK,
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
  const drafts = new Map<number, Map<Id, number[]>>()
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    const of = ops.of[op]!
    const id = ops.ids[ops.rows[op]!]!
    const rows = drafts.get(of) ?? new Map<Id, number[]>()
    drafts.set(of, rows)
    const rungs = rows.get(id)
    if (rungs) rungs.push(op)
    else rows.set(id, [op])
  }
  const ladders: Ladder[] = []
  for (const [of, rows] of drafts) {
    for (const [id, rungs] of rows) {
      const writes = view.writesOf(ops.space[of]!, id)
      const write = writes.find(({ op }) => op === of)
      if (write && write.outcome !== FAIL) ladders.push(ladderOf(view, write, writes, rungs))
    }
  }
  return ladders
}

const ladderOf = (
  view: View,
  write: Write,
  writes: readonly Write[],
  rungs: readonly number[],
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
    const check = answerOf(view, view.exactOf[op]!, write)
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
