import {
  ABSENT,
  MILLI,
  type Micros,
  NONE,
  NOT_SENT,
  type Trace,
  UPSERT,
} from '../../model/index.ts'
import { rungsOf } from './rungs.ts'
import { createTokens } from './tokens.ts'
import { createUnseen } from './unseen.ts'
import { createWaiting } from './waiting.ts'

export type Skip = (typeof NOT_SENT)[keyof typeof NOT_SENT]
export type Verdict = 'send' | 'wait' | Skip

/** Answered hits (absences, for a delete) in a row that thin or end a ladder. */
const HITS = 2
const ABSENCES = 3
/** A thinned ladder keeps every so-manieth rung. */
const THIN = 4
const SHORTEST_TIMEOUT = 100 * MILLI
/** How often the waiting rungs are looked through for those that are out of time. */
const LOOK_EVERY = 100 * MILLI

/** The ladders of a run: which probe is sent, and why not (definitions §2). Time is always an argument and never goes back. */
export interface Ladders {
  /** A probe is due: send it now, let it wait for a token, or skip it for a reason. */
  due(op: number, now: Micros): Verdict
  /** A probe that waited and gets a token now, or NONE. Ask again until NONE. */
  next(now: Micros): number
  /** What became of a probe that was sent: the row was returned, it was not, or (null) the answer never came. */
  answered(op: number, returned: boolean | null): void
  /** An upsert was acknowledged: its probed rows count as unseen until a probe returns them. */
  acknowledged(op: number): void
  /** When `next` has something to say again: Infinity if nothing waits. */
  wake(now: Micros): Micros
  /** Of a probe sent now: min(search time-out, max(100 ms, a quarter of the row's age)). */
  timeout(op: number, now: Micros): Micros
  /** What waits will not be sent: it is skipped for want of a token. */
  giveUp(): void
  readonly waiting: number
  /** Ladders that may still send something. */
  readonly live: number
  /** Rows acknowledged, probed and not yet seen. */
  readonly unseen: number
  /** The number of ops up to the last that is no probe. */
  readonly others: number
}

/** The ladders of a sender that performs no probes. */
export const NO_LADDERS: Ladders = {
  due: () => NOT_SENT.ended,
  next: () => NONE,
  answered: () => {},
  acknowledged: () => {},
  giveUp: () => {},
  wake: () => Number.POSITIVE_INFINITY,
  timeout: () => 0,
  waiting: 0,
  live: 0,
  unseen: 0,
  others: Number.POSITIVE_INFINITY,
}

/**
 * The state machine behind a run's probes, pure but for its own state.
 * `skip` hears of a rung that waited and was overtaken, superseded or out of time.
 */
export const createLadders = (
  { ops, meta }: Trace,
  skip: (op: number, why: Skip) => void,
): Ladders => {
  const { ladders, ladder, write, probes, superseded, others } = rungsOf(ops)
  const tokens = createTokens(meta.phases)
  const deadline = meta.scenario.probes?.deadline ?? 0
  const longest = meta.scenario.client.timeout

  const rung = new Uint32Array(ladders)
  const streak = new Uint8Array(ladders)
  const thinFrom = new Uint32Array(ladders)
  const ended = new Uint8Array(ladders)
  const finished = new Uint8Array(ladders)
  const asking = new Uint8Array(ladders)
  const last = Float64Array.from(write, (op) => ops.at[op]!)
  const waiting = createWaiting(ladders)
  const unseen = createUnseen(ladders)
  let live = ladders
  let looked: Micros = 0

  const start = (of: number): Micros => ops.at[write[of]!]!
  const isBefore = (op: number, of: number): boolean => op < write[of]!

  const finish = (of: number): void => {
    if (finished[of]) return
    finished[of] = 1
    live--
  }
  /** Why a rung is not even offered a token, or null. */
  const refused = (op: number, of: number, now: Micros): Skip | null => {
    if (now >= superseded[of]!) return NOT_SENT.superseded
    if (ended[of]) return NOT_SENT.ended
    if (isBefore(op, of) && now >= start(of)) return NOT_SENT.tokens
    return null
  }
  const isThinned = (op: number, of: number): boolean =>
    ops.expect[op] !== ABSENT && streak[of]! >= HITS && (rung[of]! - thinFrom[of]!) % THIN !== 0

  const send = (op: number, of: number, now: Micros): void => {
    asking[of] = 1
    last[of] = isBefore(op, of) ? last[of]! : now
  }

  const due = (op: number, now: Micros): Verdict => {
    const of = ladder[op]!
    rung[of]!++
    if (rung[of] === probes[of]) finish(of)
    const no = refused(op, of, now)
    if (no !== null) {
      if (no !== NOT_SENT.tokens) finish(of)
      if (no === NOT_SENT.superseded) unseen.seen(of)
      return no
    }
    if (isThinned(op, of)) return NOT_SENT.thinned
    if (asking[of]) return NOT_SENT.busy
    const overtaken = waiting.opOf(of)
    if (overtaken !== NONE) {
      waiting.leave(of)
      skip(overtaken, NOT_SENT.tokens)
    }
    if (waiting.count === 0 && tokens.take(now)) {
      send(op, of, now)
      return 'send'
    }
    waiting.enter(of, op)
    return 'wait'
  }

  /** Drops the rungs that have waited too long: to the row's next write, or to the ladder's deadline. */
  const drop = (now: Micros): void =>
    waiting.review((of) => {
      const op = waiting.opOf(of)
      const no = refused(op, of, now) ?? (now > start(of) + deadline ? NOT_SENT.tokens : null)
      if (no === null) return
      waiting.leave(of)
      if (no === NOT_SENT.superseded) unseen.seen(of)
      skip(op, no)
    })

  /** (now − last probe) / age; a row never probed, or asked for before its write, has 1 or more. */
  const need = (of: number, now: Micros): number => {
    const age = now - start(of)
    return age > 0 ? (now - last[of]!) / age : Number.POSITIVE_INFINITY
  }

  const next = (now: Micros): number => {
    if (waiting.count === 0) return NONE
    if (tokens.next(now) > now && now < looked + LOOK_EVERY) return NONE
    looked = now
    drop(now)
    if (waiting.count === 0 || !tokens.take(now)) return NONE
    const of = waiting.neediest((ladder) => need(ladder, now))
    const op = waiting.opOf(of)
    waiting.leave(of)
    send(op, of, now)
    return op
  }

  const answered = (op: number, returned: boolean | null): void => {
    const of = ladder[op]!
    asking[of] = 0
    if (returned === null || isBefore(op, of)) return
    const absent = ops.expect[op] === ABSENT
    const wanted = returned !== absent
    if (wanted) unseen.seen(of)
    streak[of] = wanted ? Math.min(streak[of]! + 1, ABSENCES) : 0
    if (absent ? streak[of]! < ABSENCES : streak[of] !== HITS) return
    thinFrom[of] = rung[of]!
    if (absent || ops.watch[op] === 0) {
      ended[of] = 1
      finish(of)
    }
  }

  const acknowledged = (op: number): void => {
    const first = ladder[op]!
    if (first === NONE || ops.kind[op] !== UPSERT) return
    for (let of = first; of < ladders && write[of] === op; of++) unseen.acknowledged(of)
  }

  const giveUp = (): void =>
    waiting.review((of) => {
      const op = waiting.opOf(of)
      waiting.leave(of)
      skip(op, NOT_SENT.tokens)
    })

  return {
    due,
    next,
    answered,
    acknowledged,
    giveUp,
    wake: (now) =>
      waiting.count === 0 ? Number.POSITIVE_INFINITY : Math.min(tokens.next(now), now + LOOK_EVERY),
    timeout: (op, now) =>
      Math.min(longest, Math.max(SHORTEST_TIMEOUT, (now - start(ladder[op]!)) / 4)),
    get waiting() {
      return waiting.count
    },
    get live() {
      return live
    },
    get unseen() {
      return unseen.count
    },
    others,
  }
}
