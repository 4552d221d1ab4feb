import { closeSync, openSync, writeSync } from 'node:fs'
import type { Id, Micros, Version } from '../../harness/model/index.ts'

/**
 * What truly happened, one JSON object a line, complete once a line `end` stands there. All instants are microseconds of the
 * system-wide monotonic clock (process.hrtime: one clock for all processes of a machine).
 */
export type Truth =
  | { readonly event: 'start'; readonly at: Micros; readonly pid: number; readonly options: object }
  | (Written & {
      readonly event: 'upsert'
      readonly version: Version
      /** From when searches return it; null: never. A later write of the id that takes effect sooner overtakes it. */
      readonly visible: Micros | null
      readonly lost: boolean
      /** The version before goes on being returned. */
      readonly stale: boolean
      readonly unreachable: boolean
    })
  | (Written & {
      readonly event: 'delete'
      /** From when searches no longer return it; null: it became a ghost, or the delete did not happen. */
      readonly invisible: Micros | null
      readonly ghost: boolean
    })
  | {
      readonly event: 'search'
      readonly collection: string
      readonly via: 'search' | 'exact'
      readonly k: number
      readonly received: Micros
      readonly answered: Micros | null
      readonly answer: Answered
      readonly returned: readonly Id[]
      readonly left: readonly Left[]
    }
  | {
      readonly event: 'open' | 'load' | 'compact' | 'drop' | 'swap'
      readonly collection: string
      readonly at: Micros
      readonly rows?: number
      readonly to?: string
    }
  | { readonly event: 'end'; readonly at: Micros }

interface Written {
  /** The collection itself, also where the request named an alias. */
  readonly collection: string
  readonly id: Id
  /** When the request was in hand, and when its answer was handed to the socket (null: it never was, or was an error). */
  readonly received: Micros
  readonly acknowledged: Micros | null
  readonly answer: Answered
  readonly happened: boolean
}

export type Answered = 'ok' | 'fail' | 'unknown' | 'none'

/** A row that a search should have returned and did not. */
export interface Left {
  readonly id: Id
  readonly version: Version
  readonly why: 'missing' | 'short'
}

export interface TruthLog {
  /** Written when the call returns: a kill loses no line. */
  add(lines: readonly Truth[]): void
  close(): void
}

/** A log in a file; without a path, one that forgets. */
export const openTruth = (path: string | null): TruthLog => {
  if (path === null) return { add: () => {}, close: () => {} }
  const file = openSync(path, 'w')
  return {
    add: (lines) => {
      if (lines.length > 0)
        writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
    close: () => closeSync(file),
  }
}
