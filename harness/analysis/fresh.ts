import type { Id, Micros } from '../model/index.ts'
import { upsertKind, type WriteKind } from './kind.ts'
import type { Missed } from './missed.ts'
import { countAtMost } from './sample.ts'
import type { View } from './view.ts'

/** What the probes, the exact checks and the final look-up know of one probed upsert, since it was due (definitions §3, loss by cause). */
export interface ProbedWrite {
  readonly op: number
  readonly id: Id
  readonly kind: WriteKind
  readonly phase: number
  /** Before this age it surely was not visible, though stored; from `upper` on it surely was. */
  readonly lower: Micros
  readonly upper: Micros
  /** The final look-up proved it lost: missed from this age on, it counts as lost. Infinity if it was not. */
  readonly lostFrom: Micros
}

/** Whether missed neighbours were not yet visible: of each, the low and the high end, and the part that was lost. */
export interface Freshness {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly lost: Float64Array
  /** Where each borrows from: −1, it was probed itself or there is nobody. */
  readonly group: Int32Array
  readonly from: Uint32Array
  readonly groups: readonly Lenders[]
}

/** The missed neighbours of one kind and phase that were probed themselves, by age. */
export interface Lenders {
  /** Place of each among the missed. */
  readonly place: Uint32Array
  /** Write of each, numbered from 0 within the group. */
  readonly write: Uint32Array
  readonly writes: number
  readonly age: Float64Array
}

/** A neighbour that was not probed borrows from so many that were. */
export const REACH = 20

/**
 * A missed neighbour whose write was probed is judged by what is known of that write. Which writes are probed was drawn, whatever became of
 * them, so those of the missed neighbours that were probed are a sample of them all: any other one counts as the twenty probed missed
 * neighbours of its kind and phase that are nearest to it in age do, by weight (definitions §3). What share of *all* writes was visible at
 * that age says nothing of it: that it was missed is the better part of the evidence.
 */
export const freshnessOf = (
  view: View,
  probed: readonly ProbedWrite[],
  missed: Missed,
  searched: (search: number) => { readonly sent: Micros; readonly done: Micros },
): Freshness => {
  const { ops } = view.trace
  const { count } = missed
  const column = (): Float64Array => new Float64Array(count)
  const fresh = { low: column(), high: column(), lost: column() }
  const age = column()
  const end = column()
  const own = new Int32Array(count).fill(-1)
  const key = new Uint32Array(count)
  const known = Map.groupBy(probed.keys(), (i) => probed[i]!.op)
  for (let i = 0; i < count; i++) {
    const op = missed.op[i]!
    const id = missed.id[i]!
    const due = ops.at[op]!
    const { sent, done } = searched(missed.search[i]!)
    age[i] = sent - due
    end[i] = done - due
    key[i] = keyOf(upsertKind(view, ops.space[op]!, id, op), ops.phase[op]!)
    const write = known.get(op)?.find((one) => probed[one]!.id === id)
    if (write === undefined) continue
    own[i] = write
    judgeOwn(fresh, i, probed[write]!, age[i]!, end[i]!)
  }
  return { ...fresh, ...borrow({ missed, probed, age, end, own, key, fresh }) }
}

/** Kind and phase in one number. */
const keyOf = (kind: WriteKind, phase: number): number => 2 * phase + (kind === 'insert' ? 0 : 1)

type Ends = Pick<Freshness, 'low' | 'high' | 'lost'>

/** Between two instants of a search: not visible at its end, so never during it; visible at its beginning, so all the time. */
const judgeOwn = (
  { low, high, lost }: Ends,
  i: number,
  { lower, upper, lostFrom }: ProbedWrite,
  sent: Micros,
  done: Micros,
): void => {
  lost[i] = sent >= lostFrom ? 1 : 0
  low[i] = lower > done ? 1 : 0
  high[i] = upper > sent || sent >= lostFrom ? 1 : 0
}

interface Borrowing {
  readonly missed: Missed
  readonly probed: readonly ProbedWrite[]
  readonly age: Float64Array
  readonly end: Float64Array
  /** The probed write of each, −1 if it was not probed. */
  readonly own: Int32Array
  readonly key: Uint32Array
  readonly fresh: Ends
}

const borrow = ({ missed, probed, age, end, own, key, fresh }: Borrowing) => {
  const every = [...key.keys()].filter((i) => missed.weight[i]! > 0)
  const group = new Int32Array(missed.count).fill(-1)
  const from = new Uint32Array(missed.count)
  const groups: Lenders[] = []
  for (const [name, members] of Map.groupBy(every, (i) => key[i]!)) {
    const lenders = lendersOf(members, age, own)
    const others = members.filter((i) => own[i]! < 0)
    if (lenders.place.length === 0) {
      const same = probed.filter(({ kind, phase }) => keyOf(kind, phase) === name)
      allOrNothing(fresh, others, { age, end }, same)
      continue
    }
    const sums = sumsOf(lenders, missed.weight, fresh)
    for (const i of others) {
      group[i] = groups.length
      from[i] = firstOf(lenders, age[i]!)
      const to = from[i]! + reachOf(lenders)
      const share = (sum: Float64Array): number =>
        (sum[to]! - sum[from[i]!]!) / (sums.weight[to]! - sums.weight[from[i]!]!)
      fresh.low[i] = share(sums.low)
      fresh.high[i] = share(sums.high)
      fresh.lost[i] = share(sums.lost)
    }
    groups.push(lenders)
  }
  return { group, from, groups }
}

const lendersOf = (members: readonly number[], age: Float64Array, own: Int32Array): Lenders => {
  const place = Uint32Array.from(members.filter((i) => own[i]! >= 0)).sort(
    (a, b) => age[a]! - age[b]! || a - b,
  )
  const number = new Map<number, number>()
  const write = Uint32Array.from(place, (i) => {
    const known = number.get(own[i]!) ?? number.size
    number.set(own[i]!, known)
    return known
  })
  return { place, write, writes: number.size, age: Float64Array.from(place, (i) => age[i]!) }
}

export const reachOf = ({ place }: Lenders): number => Math.min(REACH, place.length)

/** The first of the lenders around an age. */
const firstOf = (lenders: Lenders, age: number): number => {
  const reach = reachOf(lenders)
  const middle = countAtMost(lenders.age, age) - (reach >> 1)
  return Math.min(Math.max(0, middle), lenders.place.length - reach)
}

/** Running sums over the lenders, by weight; the first is 0. */
const sumsOf = ({ place }: Lenders, weights: Float64Array, { low, high, lost }: Ends) => {
  const running = (of: (i: number) => number): Float64Array => {
    const sums = new Float64Array(place.length + 1)
    place.forEach((i, at) => {
      sums[at + 1] = sums[at]! + weights[i]! * of(i)
    })
    return sums
  }
  return {
    weight: running(() => 1),
    low: running((i) => low[i]!),
    high: running((i) => high[i]!),
    lost: running((i) => lost[i]!),
  }
}

/**
 * None of the missed was probed: only where every probed write of that kind and phase was visible, or none was, at the age is anything
 * known. Where no write was probed nothing is.
 */
const allOrNothing = (
  { low, high }: Ends,
  places: readonly number[],
  { age, end }: Pick<Borrowing, 'age' | 'end'>,
  probed: readonly ProbedWrite[],
): void => {
  const least = probed.reduce((min, { lower }) => Math.min(min, lower), Infinity)
  const most = probed.reduce((max, { upper }) => Math.max(max, upper), -Infinity)
  for (const i of places) {
    low[i] = probed.length > 0 && least > end[i]! ? 1 : 0
    high[i] = probed.length === 0 || most > age[i]! ? 1 : 0
  }
}
