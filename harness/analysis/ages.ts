import { type AgeRecall, type Bracket, type Figure, type Micros, SECOND } from '../model/index.ts'
import type { Candidates } from './candidates.ts'
import { type Cluster, clusteredHalfWidth, recallInterval, shifted } from './clusters.ts'
import { groupsOf, type Members, membersWhere } from './groups.ts'
import type { LiveSet } from './live-set.ts'
import { type Packed, packed } from './packed.ts'
import { meanOf } from './recall.ts'
import type { SearchTable } from './searches.ts'
import type { Windows } from './windows.ts'

/** Ends of the bins of age, in seconds, by powers of ten; bin 0 holds what was preloaded, bin 1 what is younger than the first end. */
const EDGES = [0.01, 0.1, 1, 10, 100] as const
export const AGES = EDGES.length + 2

/** True neighbours by age at each search: row s of bin b is at s · AGES + b. In neighbours; a part where rows are tied. */
export interface AgeColumns {
  /** In the live set of lowest, and of highest recall. */
  readonly low: Found
  readonly high: Found
  /** Bin of the nearest neighbour in the highest live set; 255 where there is none. */
  readonly nearest: Uint8Array
  /** The write that brought it, −1 if it was preloaded, and its id. */
  readonly nearestOp: Int32Array
  readonly nearestId: Uint32Array
}

interface Found {
  readonly wanted: Packed
  readonly returned: Packed
}

export const NOBODY = 255

export const emptyAges = (count: number): AgeColumns => {
  const found = (): Found => ({
    wanted: packed(count * AGES),
    returned: packed(count * AGES),
  })
  return {
    low: found(),
    high: found(),
    nearest: new Uint8Array(count).fill(NOBODY),
    nearestOp: new Int32Array(count).fill(-1),
    nearestId: new Uint32Array(count),
  }
}

/** The bin of a row that was due so long before a search was sent. */
const binOf = (age: Micros): number => {
  let bin = 1
  while (bin <= EDGES.length && age >= EDGES[bin - 1]! * SECOND) bin++
  return bin
}

/** What `noteAges` reads of a judged search. */
export interface Neighbourhood {
  readonly live: LiveSet
  readonly candidates: Candidates
  readonly windows: Windows
  readonly sent: Micros
  /** Op → its due instant. */
  readonly due: Float64Array
}

/**
 * Puts down how many neighbours of each age a live set holds and how many of them were returned; they add up to n and to the hits. Rows tied at
 * the n-th distance share the places that are left: the returned ones first, as the recall counts them.
 */
export const noteAges = (found: Found, s: number, of: Neighbourhood): void => {
  const { live, candidates } = of
  const bins: Bins = { wanted: new Float32Array(AGES), returned: new Float32Array(AGES) }
  const tied: number[] = []
  let room = live.n
  for (let i = 0; i < live.count; i++) {
    const place = live.place[i]!
    const d = candidates.distance[place]!
    if (d > live.last + live.width) break
    if (d >= live.last - live.width) tied.push(place)
    else {
      note(bins, of, place, 1)
      room--
    }
  }
  const returned = tied.filter((place) => candidates.returned[place] === 1)
  const others = tied.filter((place) => candidates.returned[place] === 0)
  const taken = Math.min(room, returned.length)
  for (const place of returned) note(bins, of, place, taken / returned.length)
  for (const place of others) note(bins, of, place, (room - taken) / others.length)
  for (let bin = 0; bin < AGES; bin++) {
    found.wanted.set(s * AGES + bin, bins.wanted[bin]!)
    found.returned.set(s * AGES + bin, bins.returned[bin]!)
  }
}

type Bins = Readonly<Record<keyof Found, Float32Array>>

const note = ({ wanted, returned }: Bins, of: Neighbourhood, place: number, part: number): void => {
  const bin = ageBin(of, place)
  wanted[bin]! += part
  if (of.candidates.returned[place]) returned[bin]! += part
}

const ageBin = ({ candidates, windows, sent, due }: Neighbourhood, place: number): number => {
  const op = windows.op[candidates.window[place]!]!
  return op < 0 ? 0 : binOf(sent - due[op]!)
}

/** The nearest neighbour of the highest live set: how old it is, and who brought it. */
export const noteNearest = (ages: AgeColumns, s: number, of: Neighbourhood): void => {
  if (of.live.n === 0) return
  const place = of.live.place[0]!
  const window = of.candidates.window[place]!
  ages.nearest[s] = ageBin(of, place)
  ages.nearestOp[s] = of.windows.op[window]!
  ages.nearestId[s] = of.windows.id[window]!
}

/** Recall by the age of the true neighbours (definitions §3), youngest first, the preloaded last; ages that no search met are left out. */
export const recallByAge = (table: SearchTable, members: Members): readonly AgeRecall[] => {
  const { halves, byQuery } = partsOf(table, members)
  return [...Array.from({ length: AGES - 1 }, (_, i) => i + 1), 0].flatMap((bin) => {
    const neighbours = sumOf(table.ages.high.wanted, bin, members)
    if (neighbours === 0) return []
    const nearest = membersWhere(members, (s) => table.ages.nearest[s] === bin)
    return [
      {
        from: bin === 0 ? null : bin === 1 ? 0 : EDGES[bin - 2]!,
        to: bin === 0 ? null : (EDGES[bin - 1] ?? null),
        neighbours: Math.round(neighbours),
        ...ratioOf(table, bin, members),
        ci95: limitsOf(table, bin, byQuery),
        halves: [ratioOf(table, bin, halves[0]), ratioOf(table, bin, halves[1])] as const,
        nearest: groupRecall(table, nearest),
      },
    ]
  })
}

/** Recall of some searches, as a group of its own. */
export const groupRecall = (table: SearchTable, members: Members): AgeRecall['nearest'] => ({
  low: meanOf(table.low, members),
  high: meanOf(table.high, members),
  searches: members.length,
  ci95: recallInterval(table, members),
})

/** By the middle of the time from the first search to the last, and by query. */
const partsOf = ({ sent, query }: SearchTable, members: Members) => {
  let first = Infinity
  let last = -Infinity
  for (let i = 0; i < members.length; i++) {
    const s = members[i]!
    first = Math.min(first, sent[s]!)
    last = Math.max(last, sent[s]!)
  }
  const byQuery = [...groupsOf(members, (s) => query[s]!).values()]
  const middle = (first + last) / 2
  const halves = [
    membersWhere(members, (s) => sent[s]! < middle),
    membersWhere(members, (s) => sent[s]! >= middle),
  ] as const
  return { halves, byQuery }
}

const sumOf = (column: Packed, bin: number, members: Members): number => {
  let sum = 0
  for (let i = 0; i < members.length; i++) sum += column.at(members[i]! * AGES + bin)
  return sum
}

/** Returned over wanted, in either live set; null where none was wanted. */
const ratioOf = ({ ages }: SearchTable, bin: number, members: Members): Bracket => {
  const ratio = ({ wanted, returned }: Found): number =>
    sumOf(returned, bin, members) / sumOf(wanted, bin, members)
  const known = [ratio(ages.low), ratio(ages.high)].filter((share) => !Number.isNaN(share))
  if (known.length === 0) return { low: null, high: null }
  return { low: Math.min(...known), high: Math.max(...known) }
}

/** The lower limit of either live set's interval, and the upper one. */
const limitsOf = (
  table: SearchTable,
  bin: number,
  byQuery: readonly Members[],
): readonly [Figure, Figure] => {
  const limits = [table.ages.low, table.ages.high].map(({ wanted, returned }) => {
    const clusters = byQuery.map(
      (of): Cluster => ({ value: sumOf(returned, bin, of), weight: sumOf(wanted, bin, of) }),
    )
    const half = clusteredHalfWidth(clusters)
    const [value, weight] = clusters.reduce(
      ([v, w], cluster) => [v + cluster.value, w + cluster.weight],
      [0, 0],
    )
    return half === null ? null : [shifted(value / weight, -half), shifted(value / weight, half)]
  })
  const known = limits.filter((limit) => limit !== null)
  if (known.length < 2) return [null, null]
  return [
    Math.min(...known.map(([lower]) => lower!)),
    Math.max(...known.map(([, upper]) => upper!)),
  ]
}
