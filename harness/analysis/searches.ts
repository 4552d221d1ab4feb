import { type Micros, OK, SEARCH } from '../model/index.ts'
import { type AgeColumns, emptyAges, type Neighbourhood, noteAges, noteNearest } from './ages.ts'
import { aliasOf } from './alias.ts'
import { answerOf } from './answer.ts'
import { type Bracketer, bracketerOf } from './bracket.ts'
import { type Freshness, freshnessOf, type ProbedWrite } from './fresh.ts'
import { GHOST, STALE, strays } from './ghosts.ts'
import type { LiveSet } from './live-set.ts'
import { type DistanceTo, lossOf, type SearchLoss } from './loss.ts'
import { addMissed, emptyMissed, type Missed, takeBack } from './missed.ts'
import { oracleOf, rankingsOf } from './oracle.ts'
import { qualityJudge } from './quality.ts'
import type { View } from './view.ts'
import { type Windows, windowsOf } from './windows.ts'

/**
 * Every `ok` search held against exact truth, as columns; row s of each is one search. Failed and unknown searches have no recall:
 * they are counted among the outcomes.
 */
export interface SearchTable {
  readonly count: number
  readonly op: Uint32Array
  readonly sent: Float64Array
  /** Which query it asked. */
  readonly query: Int32Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** 1: fewer rows than min(k, ids surely live). */
  readonly short: Uint8Array
  /** 1: the answer holds a ghost, a stale row. */
  readonly ghost: Uint8Array
  readonly stale: Uint8Array
  /** Shares of n, against the highest live set. */
  readonly shortLoss: Float64Array
  readonly crowdedOut: Float64Array
  readonly freshLow: Float64Array
  readonly freshHigh: Float64Array
  /** The part of freshHigh that the final look-ups proved lost. */
  readonly lost: Float64Array
  readonly index: Float64Array
  /** The neighbours behind freshLow, freshHigh, lost: every one that was missed for a cause of its own and not preloaded. */
  readonly missed: Missed
  readonly fresh: Freshness
  /** Answer quality, of the answer and of exact search over the rows as stored; NaN unless the run re-embeds in place. */
  readonly quality: Float64Array
  readonly exactQuality: Float64Array
  readonly ages: AgeColumns
}

/** Queries ranked in one pass over the rows. */
const BATCH = 64

/** Judges every search of the run once; `probed` tells what is known of freshness. */
export const judgeSearches = (view: View, probed: readonly ProbedWrite[]): SearchTable => {
  const table = emptyTable(view)
  const missed = emptyMissed()
  const alias = aliasOf(view)
  const collections = view.trace.meta.spaces.map((_, space) => windowsOf(view, space))
  const asked = Array.from(table.op, (op) => alias.asked(op).map((space) => collections[space]!))
  for (const windows of collections) {
    const members = asked.flatMap((of, s) => (of.includes(windows) ? [s] : []))
    if (members.length > 0) judgeIn(view, table, members, windows, { asked, missed })
  }
  const fresh = freshnessOf(view, probed, missed, (s) => ({
    sent: table.sent[s]!,
    done: view.doneOf(table.op[s]!),
  }))
  splitOwn(table, missed, fresh)
  return { ...table, missed, fresh }
}

/** Of the neighbours missed for a cause of their own, what was not yet visible is not the index's. */
const splitOwn = (table: Judged, missed: Missed, fresh: Freshness): void => {
  for (let i = 0; i < missed.count; i++) {
    const s = missed.search[i]!
    const weight = missed.weight[i]!
    table.freshLow[s]! += weight * fresh.low[i]!
    table.freshHigh[s]! += weight * fresh.high[i]!
    table.lost[s]! += weight * fresh.lost[i]!
    table.index[s]! -= weight * fresh.high[i]!
  }
  for (let s = 0; s < table.count; s++) table.index[s] = Math.max(0, table.index[s]!)
}

type Judged = Omit<SearchTable, 'missed' | 'fresh'>

interface Context {
  /** Per search: the collections that were right to answer it. */
  readonly asked: readonly (readonly Windows[])[]
  readonly missed: Missed
}

/** Judges searches against one collection, query by query, so that each is ranked once. */
const judgeIn = (
  view: View,
  table: Judged,
  members: readonly number[],
  windows: Windows,
  { asked, missed }: Context,
): void => {
  const oracle = oracleOf(view, windows)
  const bracketer = bracketerOf(windows)
  const quality = qualityJudge(view, windows.space)
  const { noteLow, noteHigh } = noteEnds(view, table, bracketer, missed)
  for (const { model, queries, searches, depth } of batchesOf(view, table, members)) {
    const rankings = rankingsOf(oracle, model, queries, depth)
    const qualityOf = quality?.(model, queries, depth)
    searches.forEach((group, place) => {
      const distanceTo: DistanceTo = (id, version) =>
        oracle.distance(model, queries[place]!, id, version)
      for (const s of group) {
        const answer = answerOf(view, table.op[s]!)
        const verdicts = strays(answer, asked[s]!)
        if (verdicts.includes(GHOST)) table.ghost[s] = 1
        if (verdicts.includes(STALE)) table.stale[s] = 1
        const { low, high, lowAt, highAt, short } = bracketer.bracket(answer, rankings, place)
        if (!short) table.short[s] = 0
        const ranking = rankings.at(place)
        if (low < table.low[s]!) noteLow(s, low, bracketer.lowest(answer, ranking, lowAt))
        if (high <= table.high[s]!) continue
        const live = bracketer.highest(answer, ranking, highAt)
        noteHigh(s, high, live)
        noteLoss(table, s, lossOf(bracketer, live, answer, verdicts, distanceTo), windows, missed)
        if (!qualityOf) continue
        const { value, exact } = qualityOf(place, answer, bracketer, live)
        table.quality[s] = value
        table.exactQuality[s] = exact
      }
    })
  }
}

/** Puts down an end of a search's recall, and how old the neighbours of its live set are. */
const noteEnds = (
  view: View,
  table: Judged,
  { windows, candidates }: Bracketer,
  missed: Missed,
): Readonly<Record<'noteLow' | 'noteHigh', (s: number, recall: number, live: LiveSet) => void>> => {
  const near = (s: number, live: LiveSet): Neighbourhood => {
    return { live, candidates, windows, sent: table.sent[s]!, due: view.trace.ops.at }
  }
  return {
    noteLow: (s, low, live) => {
      table.low[s] = low
      noteAges(table.ages.low, s, near(s, live))
    },
    noteHigh: (s, high, live) => {
      if (table.high[s] !== -Infinity) takeBack(missed, s)
      table.high[s] = high
      noteAges(table.ages.high, s, near(s, live))
      noteNearest(table.ages, s, near(s, live))
    },
  }
}

/** What rounding leaves of a neighbour that is wholly accounted for. */
const LEAST = 1e-9

/** Everything missed for a cause of its own is the index's, until freshness is judged. */
const noteLoss = (
  table: Judged,
  s: number,
  { short, crowdedOut, own }: SearchLoss,
  windows: Windows,
  missed: Missed,
): void => {
  table.shortLoss[s] = short
  table.crowdedOut[s] = crowdedOut
  table.index[s] = own.reduce((sum, { weight }) => sum + weight, 0)
  for (const { window, weight } of own) {
    if (windows.op[window]! < 0 || weight < LEAST) continue
    addMissed(missed, s, windows.op[window]!, windows.id[window]!, weight)
  }
}

interface Batch {
  readonly model: number
  readonly queries: readonly number[]
  /** Per query: the rows of the table that asked it. */
  readonly searches: readonly (readonly number[])[]
  /** How deep to rank at first. */
  readonly depth: number
}

/** The searches by model and query, in batches whose queries are ranked together. */
const batchesOf = (view: View, table: Judged, members: readonly number[]): Batch[] => {
  const { ops } = view.trace
  const { eventOf, history } = view
  const depth = members.reduce((most, s) => Math.max(most, 4 * ops.k[table.op[s]!]!), 256)
  const batches: Batch[] = []
  const byModel = Map.groupBy(members, (s) => history.model[eventOf[table.op[s]!]!]!)
  for (const [model, ofModel] of byModel) {
    const byQuery = [...Map.groupBy(ofModel, (s) => ops.query[table.op[s]!]!)]
    for (let from = 0; from < byQuery.length; from += BATCH) {
      const part = byQuery.slice(from, from + BATCH)
      const queries = part.map(([query]) => query)
      batches.push({ model, queries, searches: part.map(([, group]) => group), depth })
    }
  }
  return batches
}

const emptyTable = (view: View): Judged => {
  const { ops } = view.trace
  const op = Uint32Array.from({ length: ops.count }, (_, i) => i).filter(
    (i) => ops.kind[i] === SEARCH && view.outcomeOf(i) === OK,
  )
  const count = op.length
  const column = (): Float64Array => new Float64Array(count)
  return {
    count,
    op,
    sent: Float64Array.from(op, (i): Micros => view.sentOf(i)),
    query: Int32Array.from(op, (i) => ops.query[i]!),
    low: column().fill(Infinity),
    high: column().fill(-Infinity),
    short: new Uint8Array(count).fill(1),
    ghost: new Uint8Array(count),
    stale: new Uint8Array(count),
    shortLoss: column(),
    crowdedOut: column(),
    freshLow: column(),
    freshHigh: column(),
    lost: column(),
    index: column(),
    quality: column().fill(Number.NaN),
    exactQuality: column().fill(Number.NaN),
    ages: emptyAges(count),
  }
}
