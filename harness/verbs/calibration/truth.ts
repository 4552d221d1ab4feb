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
  /** From when a deleted row is returned again; null = never. */
  readonly returned?: Micros | null
  /** The answer was held back. */
  readonly late: boolean
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
  readonly late: boolean
  /** Rows of the k nearest that the answer lacks, and rows that it should not have; and why. */
  readonly left: readonly Reasoned[]
  readonly extra: readonly Reasoned[]
}

export interface Reasoned {
  readonly id: Id
  readonly version: Version
  readonly why: string
}

/** A write that took place before a crash and not after it. */
export interface Forgotten {
  readonly write: 'upsert' | 'delete'
  readonly id: Id
  readonly version: Version | null
}

/** The log that a sim kept of itself. */
export interface Truth {
  /** When it crashed, if it did, and what it no longer knew when it was back. */
  readonly crashed: Micros | null
  readonly forgotten: readonly Forgotten[]
  readonly writes: readonly Written[]
  readonly searches: readonly Searched[]
  /** The upsert that brought a version; a delete of an id handled at or after an instant. */
  upsert(id: Id, version: Version): Written | undefined
  delete(id: Id, from: Micros): Written | undefined
}

/** A line of the log, as far as it is read here. */
type Entry =
  | Written
  | Searched
  | { readonly event: 'crash' | 'end'; readonly at: Micros }
  | { readonly event: 'restart'; readonly forgotten: readonly Forgotten[] }

/** Reads the log that the sim keeps of itself; a log without its last line was cut off and is refused. */
export const readTruth = (file: string): Truth => {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const entries = lines.map((line) => JSON.parse(line) as Entry)
  if (entries.at(-1)?.event !== 'end') {
    throw new Error(`the sim's log ${file} has no last line: the sim was killed`)
  }
  const writes = entries.flatMap((entry) =>
    entry.event === 'upsert' || entry.event === 'delete' ? [entry] : [],
  )
  const upserts = new Map(writes.map((write) => [`${write.id}:${write.version}`, write]))
  const deletes = Map.groupBy(
    writes.filter(({ event }) => event === 'delete'),
    ({ id }) => id,
  )
  return {
    crashed: entries.flatMap((entry) => (entry.event === 'crash' ? [entry.at] : []))[0] ?? null,
    forgotten: entries.flatMap((entry) => (entry.event === 'restart' ? entry.forgotten : [])),
    writes,
    searches: entries.flatMap((entry) => (entry.event === 'search' ? [entry] : [])),
    upsert: (id, version) => upserts.get(`${id}:${version}`),
    delete: (id, from) => deletes.get(id)?.find(({ received }) => received >= from),
  }
}
