import { type Micros, OK, SEARCH } from '../model/index.ts'
import { type AgeColumns, emptyAges, type Neighbourhood, noteAges, noteNearest } from './ages.ts'
import { aliasOf } from './alias.ts'
import { answerOf } from './answer.ts'
import { type Bracketer, bracketerOf } from './bracket.ts'
import { type Freshness, freshnessOf, type ProbedWrite } from './fresh.ts'
import { GHOST, STALE, strays } from './ghosts.ts'
import { groupsOf, type Members, placesWhere } from './groups.ts'
import type { LiveSet } from './live-set.ts'
import { type DistanceTo, lossOf, type SearchLoss } from './loss.ts'
import { addMissed, emptyMissed, type Missed, takeBack } from './missed.ts'
import { oracleOf, rankingsOf } from './oracle.ts'
import { type Packed, packed } from './packed.ts'
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
  readonly shortLoss: Packed
  readonly crowdedOut: Packed
  readonly freshLow: Packed
  readonly freshHigh: Packed
  /** The part of freshHigh that the final look-ups proved lost. */
  readonly lost: Packed
  readonly index: Packed
  /** The neighbours behind freshLow, freshHigh, lost: every one that was missed for a cause of its own and not preloaded. */
  readonly missed: Missed
  readonly fresh: Freshness
  /** Answer quality, of the answer and of exact search over the rows as stored; NaN unless the run re-embeds in place. */
  readonly quality: Packed
  readonly exactQuality: Packed
  readonly ages: AgeColumns
}

/** Queries ranked in one pass over the rows. */
const BATCH = 64

/** Judges every search of the run once; `probed` tells what is known of freshness. */
export const judgeSearches = (view: View, probed: readonly ProbedWrite[]): SearchTable => {
  const table = emptyTable(view)
  const missed = emptyMissed()
  judgeEach(view, table, missed)
  const fresh = freshnessOf(view, probed, missed, (s) => ({
    sent: table.sent[s]!,
    done: view.doneOf(table.op[s]!),
  }))
  splitOwn(table, missed, fresh)
  return { ...table, missed, fresh }
}

/** Recall and loss of every search; the windows of the collections are held no longer than this. */
const judgeEach = (view: View, table: Judged, missed: Missed): void => {
  const alias = aliasOf(view)
  const collections = view.trace.meta.spaces.map((_, space) => windowsOf(view, space))
  const asked = (s: number): readonly Windows[] =>
    alias.asked(table.op[s]!).map((space) => collections[space]!)
  for (const windows of collections) {
    const members = placesWhere(table.count, (s) =>
      alias.asked(table.op[s]!).includes(windows.space),
    )
    if (members.length > 0) judgeIn(view, table, members, windows, { asked, missed })
  }
}

/** Of the neighbours missed for a cause of their own, what was not yet visible is not the index's. */
const splitOwn = (table: Judged, missed: Missed, fresh: Freshness): void => {
  for (let i = 0; i < missed.count; i++) {
    const s = missed.search[i]!
    const weight = missed.weight[i]!
    add(table.freshLow, s, weight * fresh.low[i]!)
    add(table.freshHigh, s, weight * fresh.high[i]!)
    add(table.lost, s, weight * fresh.lost[i]!)
    add(table.index, s, -weight * fresh.high[i]!)
  }
  for (let s = 0; s < table.count; s++) table.index.set(s, Math.max(0, table.index.at(s)))
}

const add = (column: Packed, s: number, value: number): void => column.set(s, column.at(s) + value)

type Judged = Omit<SearchTable, 'missed' | 'fresh'>

interface Context {
  /** Per search: the collections that were right to answer it. */
  readonly asked: (s: number) => readonly Windows[]
  readonly missed: Missed
}

/** Judges searches against one collection, query by query, so that each is ranked once. */
const judgeIn = (
  view: View,
  table: Judged,
  members: Members,
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
        const verdicts = strays(answer, asked(s))
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
        table.quality.set(s, value)
        table.exactQuality.set(s, exact)
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
  table.shortLoss.set(s, short)
  table.crowdedOut.set(s, crowdedOut)
  table.index.set(
    s,
    own.reduce((sum, { weight }) => sum + weight, 0),
  )
  for (const { window, weight } of own) {
    if (windows.op[window]! < 0 || weight < LEAST) continue
    addMissed(missed, s, windows.op[window]!, windows.id[window]!, weight)
  }
}

interface Batch {
  readonly model: number
  readonly queries: readonly number[]
  /** Per query: the rows of the table that asked it. */
  readonly searches: readonly Uint32Array[]
  /** How deep to rank at first. */
  readonly depth: number
}

/** The searches by model and query, in batches whose queries are ranked together. */
const batchesOf = (view: View, table: Judged, members: Members): Batch[] => {
  const { ops } = view.trace
  const { eventOf, history } = view
  let depth = 256
  for (let i = 0; i < members.length; i++) {
    depth = Math.max(depth, 4 * ops.k[table.op[members[i]!]!]!)
  }
  const batches: Batch[] = []
  const byModel = groupsOf(members, (s) => history.model[eventOf[table.op[s]!]!]!)
  for (const [model, ofModel] of byModel) {
    const byQuery = [...groupsOf(ofModel, (s) => ops.query[table.op[s]!]!)]
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
  const op = placesWhere(ops.count, (i) => ops.kind[i] === SEARCH && view.outcomeOf(i) === OK)
  const count = op.length
  return {
    count,
    op,
    sent: new Float64Array(count).map((_, s): Micros => view.sentOf(op[s]!)),
    query: new Int32Array(count).map((_, s) => ops.query[op[s]!]!),
    low: new Float64Array(count).fill(Infinity),
    high: new Float64Array(count).fill(-Infinity),
    short: new Uint8Array(count).fill(1),
    ghost: new Uint8Array(count),
    stale: new Uint8Array(count),
    shortLoss: packed(count),
    crowdedOut: packed(count),
    freshLow: packed(count),
    freshHigh: packed(count),
    lost: packed(count),
    index: packed(count),
    quality: packed(count, Number.NaN),
    exactQuality: packed(count, Number.NaN),
    ages: emptyAges(count),
  }
}
