import { readFileSync } from 'node:fs'
import type { Id, Micros, Version } from '../../model/index.ts'

/** What the sim says of one write, in microseconds of the machine's monotonic clock. */
export interface Written {
  readonly event: 'upsert' | 'delete'
  readonly id: Id
  readonly version?: Version
  readonly received: Micros
  readonly acknowledged: Micros | null
  readonly answer: string
  readonly happened: boolean
  /** An upsert's visibility; null = never. */
  readonly visible?: Micros | null
  readonly lost?: boolean
  /** A delete's disappearance; null = never. */
  readonly invisible?: Micros | null
  readonly ghost?: boolean
}

/** What it says of one search. */
export interface Searched {
  readonly event: 'search'
  readonly via: 'search' | 'exact'
  readonly k: number
  readonly received: Micros
  readonly answered: Micros | null
  readonly answer: string
  readonly returned: readonly Id[]
  /** Rows of the k nearest that were withheld, and why. */
  readonly left: readonly { readonly id: Id; readonly version: Version; readonly why: string }[]
}

/** The log that a sim kept of itself. */
export interface Truth {
  /** When the server began: its stalls count from here. */
  readonly start: Micros
  readonly writes: readonly Written[]
  readonly searches: readonly Searched[]
  /** The upsert that brought a version; a delete of an id handled at or after an instant. */
  upsert(id: Id, version: Version): Written | undefined
  delete(id: Id, from: Micros): Written | undefined
}

interface Edge {
  readonly event: 'start' | 'end'
  readonly at: Micros
}

/** A line of the log, as far as it is read here. */
type Entry = Written | Searched | Edge

const isWrite = (entry: Entry): entry is Written =>
  entry.event === 'upsert' || entry.event === 'delete'
const isSearch = (entry: Entry): entry is Searched => entry.event === 'search'
const isEdge = (entry: Entry): entry is Edge => entry.event === 'start' || entry.event === 'end'

/** Reads the log that the sim keeps of itself; a log without its last line was cut off and is refused. */
export const readTruth = (file: string): Truth => {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const entries = lines.map((line) => JSON.parse(line) as Entry)
  const start = entries.find(isEdge)
  if (!start || entries.at(-1)?.event !== 'end') {
    throw new Error(`the sim's log ${file} has no last line: the sim was killed`)
  }
  const writes = entries.filter(isWrite)
  const upserts = new Map(writes.map((write) => [`${write.id}:${write.version}`, write]))
  const deletes = Map.groupBy(
    writes.filter(({ event }) => event === 'delete'),
    ({ id }) => id,
  )
  return {
    start: start.at,
    writes,
    searches: entries.filter(isSearch),
    upsert: (id, version) => upserts.get(`${id}:${version}`),
    delete: (id, from) => deletes.get(id)?.find(({ received }) => received >= from),
  }
}
