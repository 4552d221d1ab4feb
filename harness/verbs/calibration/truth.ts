import { readFileSync } from 'node:fs'
import type { Micros } from '../../model/index.ts'

/** What the sim says of one write, in microseconds of the machine's monotonic clock. */
export interface Written {
  readonly id: number
  readonly happened: boolean
  readonly acknowledged: Micros | null
  /** An upsert's visibility; null = never. */
  readonly visible?: Micros | null
  readonly lost?: boolean
  /** A delete's disappearance; null = never. */
  readonly invisible?: Micros | null
  readonly ghost?: boolean
}

export interface Truth {
  /** The first upsert of each id after the preload, and its delete. */
  readonly upserts: ReadonlyMap<number, Written>
  readonly deletes: ReadonlyMap<number, Written>
}

/** Reads the log that the sim keeps of itself; a log without its last line was cut off and is refused. */
export const readTruth = (file: string): Truth => {
  const upserts = new Map<number, Written>()
  const deletes = new Map<number, Written>()
  let ended = false
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const entry = JSON.parse(line) as Written & { event: string }
    if (entry.event === 'upsert') upserts.set(entry.id, entry)
    if (entry.event === 'delete') deletes.set(entry.id, entry)
    ended = entry.event === 'end'
  }
  if (!ended) throw new Error(`the sim's log ${file} has no last line: the sim was killed`)
  return { upserts, deletes }
}
