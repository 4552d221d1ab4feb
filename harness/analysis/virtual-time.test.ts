import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLadders } from '../drive/ladder/ladder.ts'
import {
  MILLI,
  type Micros,
  NONE,
  PROBE,
  type Rng,
  SECOND,
  stream,
  type Trace,
} from '../model/index.ts'
import { QUANTILES } from './binomial.ts'
import { provenRemoval } from './proven.ts'
import { orderStatistic } from './quantile.ts'
import { type EventLiteral, type OpLiteral, probe, remove, runOf, upsert } from './run.fixture.ts'
import { historyOf } from './run-columns.fixture.ts'
import { viewOf } from './view.ts'
import { probingOf, visibilityOf } from './visibility.ts'

/**
 * Engines whose true behaviour is drawn, probed by the driver's own ladders in virtual time: what the analysis makes of the history is held
 * against the truth.
 */

/** The truth of one write, in milliseconds. */
interface Truth {
  readonly due: number
  readonly probed: boolean
  readonly isDelete: boolean
  readonly event: EventLiteral
  /** From this instant on every search sees it; Infinity: lost, or it never happened. */
  readonly settled: number
  readonly happened: boolean
}

interface Behaviour {
  /** Milliseconds from the write's being sent to its being visible. */
  readonly delay: (rng: Rng) => number
  /** Milliseconds that a search takes. */
  readonly latency: (rng: Rng) => number
  /** Probes a second. */
  readonly tokens: number
  /** Chance that a search misses a row that is there. */
  readonly miss: number
}

/** How much of a run there is. */
interface Size {
  readonly writes: number
  readonly share: number
  readonly growth: number
  /** Of a hundred writes two fail, three are unknown, one is lost; times this. */
  readonly faults: number
}

const SMALL: Size = { writes: 400, share: 0.3, growth: 1.4, faults: 1 }
/** Enough probed inserts for p99, at few rungs each; so few faults that p99 is not one of them. */
const LARGE: Size = { writes: 1_500, share: 0.6, growth: 1.8, faults: 0.02 }
const DEADLINE = 1000
const PRELOAD = 1000

const drawWrites = (rng: Rng, { delay }: Behaviour, { writes, share, faults }: Size): Truth[] => {
  let due = 0
  return Array.from({ length: writes }, () => {
    due += rng.exponential() * 5
    const sent = due + rng.uniform() * 0.3
    const chance = rng.uniform() / faults
    const isDelete = rng.uniform() < 0.2
    const outcome = chance < 0.02 ? 'fail' : chance < 0.05 ? 'unknown' : 'ok'
    const happened = chance >= 0.035
    const isLost = !happened || rng.uniform() < 0.01 * faults
    const settled = isLost ? Infinity : sent + delay(rng)
    const event: EventLiteral = { sent, done: sent + 1 + rng.uniform(), outcome }
    return { due, probed: rng.uniform() < share, isDelete, event, settled, happened }
  })
}

/** The ops of a trace without events: write i is op i of the list; deletes take preloaded rows. */
const literalsOf = (rng: Rng, truths: readonly Truth[], { growth }: Size): OpLiteral[] => {
  const writes = truths.map(({ due, isDelete, event }, i) =>
    isDelete ? remove(due, [i], event) : upsert(due, [[PRELOAD + i, 0]], event),
  )
  const probes = truths.flatMap(({ due, probed, isDelete }, i) => {
    if (!probed) return []
    const row = [isDelete ? i : PRELOAD + i, 0] as const
    const watch = rng.uniform() < 0.2
    const u = rng.uniform()
    const rungs = Array.from({ length: 20 }, (_, rung) => growth ** (rung + u))
    return [
      ...(isDelete ? [probe(Math.max(0, due - 5), i, row, [], {}, { watch })] : []),
      ...rungs
        .filter((age) => age < DEADLINE)
        .map((age) => probe(due + age, i, row, [], {}, { watch, expect: isDelete ? 0 : 1 })),
    ]
  })
  return [...writes, ...probes]
}

/** Plays the probes of a trace; the event of each op, by number. */
const play = (
  trace: Trace,
  rng: Rng,
  behaviour: Behaviour,
  isThere: (op: number, at: Micros) => boolean,
) => {
  const { ops } = trace
  const events = new Map<number, EventLiteral>()
  const flights: { op: number; done: Micros; returned: boolean | null }[] = []
  const ladders = createLadders(trace, (op, error) => events.set(op, { outcome: 'skipped', error }))
  const send = (op: number, now: Micros): void => {
    const taken = behaviour.latency(rng) * MILLI
    const timeout = ladders.timeout(op, now)
    const done = now + Math.min(taken, timeout)
    const seen = isThere(op, now + rng.uniform() * taken) && rng.uniform() >= behaviour.miss
    const broken = taken > timeout ? 'unknown' : rng.uniform() < 0.03 ? 'fail' : null
    flights.push({ op, done, returned: broken ? null : seen })
    const id = ops.ids[ops.rows[op]!]!
    events.set(op, {
      sent: now / MILLI,
      done: done / MILLI,
      outcome: broken ?? 'ok',
      hits: seen && !broken ? [[id, 0]] : [],
    })
  }
  const land = (): void => {
    flights.sort((a, b) => b.done - a.done)
    const { op, done, returned } = flights.pop()!
    ladders.answered(op, returned)
    serve(done)
  }
  const serve = (now: Micros): void => {
    for (let op = ladders.next(now); op !== NONE; op = ladders.next(now)) send(op, now)
  }
  const firstDone = () => flights.reduce((first, { done }) => Math.min(first, done), Infinity)
  const until = (instant: Micros, from: Micros): void => {
    for (let now = from; ; ) {
      // a real clock always moves on; rounding may put a token a hair before the instant that it was promised for
      const wake = Math.max(ladders.wake(now), now + 1)
      const next = Math.min(firstDone(), wake)
      if (!(next <= instant)) return
      if (firstDone() <= wake) land()
      else serve(wake)
      now = next
    }
  }
  let last: Micros = 0
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    const now = ops.at[op]!
    until(now, last)
    last = now
    const verdict = ladders.due(op, now)
    if (verdict === 'send') send(op, now)
    else if (verdict !== 'wait') events.set(op, { outcome: 'skipped', error: verdict })
  }
  until(last + 10 * SECOND, last)
  return events
}

/** One run of an engine: the probing that the analysis sees, beside the truth of every write by id. */
const simulate = (seed: number, behaviour: Behaviour, size = SMALL) => {
  const rng = stream(seed, 'virtual-time')
  const truths = drawWrites(rng, behaviour, size)
  const unordered = literalsOf(rng, truths, size)
  const order = [...unordered.keys()].sort((a, b) => unordered[a]!.at - unordered[b]!.at || a - b)
  const placeOf = new Map(order.map((from, to) => [from, to]))
  const literals = order.map((from) => {
    const { of, ...op } = unordered[from]!
    return of === undefined ? op : { ...op, of: placeOf.get(of)! }
  })
  const scenario = {
    probes: {
      share: size.share,
      first: MILLI,
      growth: size.growth,
      deadline: DEADLINE * MILLI,
      cap: 4,
      watch: 0.2,
      repeat: false,
    },
  }
  const phase = {
    name: 'churn',
    measured: true,
    from: 0,
    to: size.writes * 10 * MILLI,
    probeRate: behaviour.tokens,
  }
  const literal = { ops: literals, scenario, preload: PRELOAD, meta: { phases: [phase] } }
  const run = runOf(literal)
  const { trace } = run
  const truthOf = (id: number) => truths[id < PRELOAD ? id : id - PRELOAD]!
  const events = play(trace, rng, behaviour, (op, at) => {
    const { settled, isDelete } = truthOf(trace.ops.ids[trace.ops.rows[op]!]!)
    return at / MILLI >= settled !== isDelete
  })
  const ops = literals.map((op, i) => (op.kind === 'probe' ? { ...op, event: events.get(i)! } : op))
  const history = historyOf(literal, ops, Math.max(...ops.map(({ at }) => at)))
  return { probing: probingOf(viewOf({ ...run, history })), truths, truthOf }
}

const ENGINES: Readonly<Record<string, Behaviour>> = {
  quick: {
    delay: (rng) => rng.exponential() * 2,
    latency: (rng) => 1 + rng.exponential(),
    tokens: 4000,
    miss: 0,
  },
  refreshing: {
    delay: (rng) => 50 + rng.uniform() * 200,
    latency: (rng) => 1 + rng.exponential() * 3,
    tokens: 4000,
    miss: 0,
  },
  'in two modes, short of tokens': {
    delay: (rng) => (rng.uniform() < 0.9 ? rng.uniform() * 5 : 100 + rng.exponential() * 100),
    latency: (rng) => 1 + rng.exponential() * 20,
    tokens: 200,
    miss: 0,
  },
}
/** Times were turned from milliseconds to microseconds and back: so much may be lost on the way. */
const ROUNDING = 1e-6

for (const [name, behaviour] of Object.entries(ENGINES)) {
  test(`${name}: L ≤ V ≤ U for every probed insert, and the brackets hold its quantiles`, () => {
    for (let seed = 0; seed < 10; seed++) {
      const { probing, truthOf } = simulate(seed, behaviour)
      const ladders = probing.ladders.map((ladder, i) => ({ ladder, proven: probing.proven[i]! }))
      const inserts = ladders.filter(({ ladder }) => ladder.kind === 'insert')
      const values: number[] = []
      for (const { ladder, proven } of inserts) {
        const { settled, due, happened } = truthOf(ladder.write.id)
        const v = settled - due
        assert.ok(proven.lower / MILLI <= v + ROUNDING, `L of ${ladder.write.id}`)
        assert.ok(v <= proven.upper / MILLI + ROUNDING, `U of ${ladder.write.id}`)
        if (happened) values.push(v)
      }
      const sorted = Float64Array.from(values).sort()
      const { lower, upper } = visibilityOf(probing, 'insert', () => true, 0)!
      for (const p of ['p50', 'p90'] as const) {
        const v = orderStatistic(sorted, QUANTILES[p])
        assert.ok(lower[p]! <= v + ROUNDING && v <= upper[p]! + ROUNDING, `${p} of run ${seed}`)
      }
      assert.ok(lower.p50! <= lower.p90! && lower.p90! <= lower.max!)
      assert.ok(upper.p50! <= upper.p90! && upper.p90! <= upper.max!)
    }
  })

  test(`${name}: the 95 % interval holds p50, p90 and p99 of all writes in at least 90 of 100 runs each`, () => {
    const inside = { p50: 0, p90: 0, p99: 0 }
    let bounded = 0
    for (let seed = 0; seed < 100; seed++) {
      const { probing, truths } = simulate(seed, behaviour, LARGE)
      const all = truths.filter(({ isDelete, happened }) => !isDelete && happened)
      const sorted = Float64Array.from(all, ({ settled, due }) => settled - due).sort()
      const { ci95 } = visibilityOf(probing, 'insert', () => true, 0)!.upper
      if (ci95.p99![1]! < Infinity) bounded++
      for (const p of ['p50', 'p90', 'p99'] as const) {
        const v = orderStatistic(sorted, QUANTILES[p])
        const [low, high] = ci95[p]!
        if (low! <= v + ROUNDING && v <= high! + ROUNDING) inside[p]++
      }
    }
    const least = Math.min(...Object.values(inside))
    assert.ok(least >= 90, JSON.stringify(inside))
    const isShort = behaviour.tokens < 1_000
    assert.ok(isShort || bounded >= 70, `the upper end at p99 is finite in ${bounded} runs`)
  })
}

test('deletes: L never exceeds the truth, though every tenth search misses a row that is there', () => {
  const behaviour = { ...ENGINES.refreshing!, miss: 0.1 }
  let proved = 0
  for (let seed = 0; seed < 10; seed++) {
    const { probing, truthOf } = simulate(seed, behaviour)
    for (const ladder of probing.ladders.filter(({ kind }) => kind === 'delete')) {
      const { settled, due } = truthOf(ladder.write.id)
      const { lower, wasFindable } = provenRemoval(ladder)
      if (wasFindable && lower > 0) proved++
      assert.ok(lower / MILLI <= settled - due + ROUNDING)
    }
  }
  assert.ok(proved > 50, `${proved} deletes have a proven lower end`)
})
