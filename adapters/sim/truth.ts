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
      /** No search finds it from the first instant to the second, unless a later write of the id takes effect before. */
      readonly flicker: readonly [from: Micros, until: Micros] | null
    })
  | (Written & {
      readonly event: 'delete'
      /** From when searches no longer return it; null: it became a ghost, or the delete did not happen. */
      readonly invisible: Micros | null
      readonly ghost: boolean
      /** From when searches return it again. */
      readonly returned: Micros | null
    })
  | {
      readonly event: 'search'
      readonly collection: string
      readonly via: 'search' | 'exact'
      readonly k: number
      readonly received: Micros
      readonly answered: Micros | null
      readonly answer: Answered
      readonly late: boolean
      /** What a search adds to `missing`, by missingPerTurnover, is a multiple of this. */
      readonly turnover: number
      /** Ids, as the answer has them. */
      readonly returned: readonly Id[]
      /** Their order was drawn. */
      readonly shuffled: boolean
      readonly left: readonly Left[]
      readonly extra: readonly Extra[]
    }
  | {
      /** Turnover is counted from here: before the first write after a bulk load or `compact`. */
      readonly event: 'zero'
      readonly collection: string
      readonly at: Micros
      readonly rows: number
    }
  | { readonly event: 'crash'; readonly at: Micros; readonly pid: number }
  | {
      readonly event: 'restart'
      /** When the new process began to listen. */
      readonly at: Micros
      readonly pid: number
      readonly forgotten: readonly Forgotten[]
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
  /** The answer was held back by the option `late`. */
  readonly late: boolean
  readonly happened: boolean
}

/** A write that took place before a crash and not after it. */
export interface Forgotten {
  readonly write: 'upsert' | 'delete'
  readonly collection: string
  readonly id: Id
  /** Null: a delete. */
  readonly version: Version | null
  /** When it was handled. */
  readonly at: Micros
}

export type Answered = 'ok' | 'fail' | 'unknown' | 'none'

/** One of the k nearest rows that should be visible (account.ts), which the answer does not have. */
export interface Left {
  readonly id: Id
  readonly version: Version
  readonly why: /** No search can find it, or none yet, or none now. */
    | 'lost'
    | 'forgotten'
    | 'notYetVisible'
    | 'flicker'
    | 'unreachable'
    /** The index left it out, or its place empty, or gave its place to a copy, or cut the answer before it. */
    | 'missing'
    | 'short'
    | 'duplicate'
    | 'clip'
    /** An extra row has its place. */
    | 'crowdedOut'
}

/** A row in the answer that should not be visible any more. */
export interface Extra {
  readonly id: Id
  readonly version: Version
  readonly why:
    | 'ghost'
    | 'stale'
    | 'returned'
    /** The version after it is not visible yet, or lost, or forgotten. */
    | 'outdated'
    /** Its delete has not taken effect yet. */
    | 'notYetGone'
    /** Its delete was forgotten by a crash. */
    | 'undeleted'
}

export interface TruthLog {
  /** Written when the call returns: a kill loses no line. */
  add(lines: readonly Truth[]): void
  close(): void
}

/** A log in a file, which is emptied or continued; without a path, one that forgets. */
export const openTruth = (path: string | null, mode: 'empty' | 'continue'): TruthLog => {
  if (path === null) return { add: () => {}, close: () => {} }
  const file = openSync(path, mode === 'empty' ? 'w' : 'a')
  return {
    add: (lines) => {
      if (lines.length > 0)
        writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
    close: () => closeSync(file),
  }
}
