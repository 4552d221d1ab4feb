import type { Micros } from './units.ts'

export type Outcome = 'ok' | 'fail' | 'unknown' | 'skipped'
/** The code of each outcome in a history is its place in this list. */
export const OUTCOMES: readonly Outcome[] = ['ok', 'fail', 'unknown', 'skipped']
export const OK = 0
export const FAIL = 1
export const UNKNOWN = 2
export const SKIPPED = 3

export const VIA_INDEX = 0
/** An exact scan asked right after a late miss; belongs to the same op as the probe that missed. */
export const VIA_EXACT = 1

/** What `error` says of an op that was never sent. */
export const NOT_SENT = {
  /** fail: the in-flight cap was reached. */
  shed: 'shed',
  /** skipped: the row's ladder had ended (two hits and not watched, or three absences). */
  ended: 'skip:ended',
  /** skipped: no token until the row's next rung came. */
  tokens: 'skip:tokens',
  /** skipped: the row's last probe was unanswered. */
  busy: 'skip:busy',
  /** skipped: a watched ladder, thinned after its second hit. */
  thinned: 'skip:thinned',
  /** skipped: the id's next write was due, which ends the ladder. */
  superseded: 'skip:superseded',
  /** skipped: the swap that this op needed never came. */
  noSwap: 'skip:no-swap',
} as const

/** Versions of hits: as wide as the largest of them needs. */
export type HitVersions = Int8Array | Int16Array | Int32Array

/**
 * What became of the ops, as columns; event i is row i of each, in the order they were recorded.
 * Every op has exactly one event with via = VIA_INDEX in a complete history, and at most one with VIA_EXACT.
 */
export interface History {
  readonly count: number
  readonly op: Uint32Array
  /** NaN where the op was never sent. */
  readonly sent: Float64Array
  /** NaN where the op was never sent. */
  readonly done: Float64Array
  readonly outcome: Uint8Array
  readonly via: Uint8Array
  /** Where the op went and by which model (a search that follows the alias learns both when it is sent). */
  readonly space: Uint8Array
  readonly model: Uint8Array
  /** The hits of event i are `hitIds[hits[i]] … hitIds[hits[i + 1] − 1]`, nearest first; count + 1 entries. */
  readonly hits: Uint32Array
  readonly hitIds: Uint32Array
  /** NO_VERSION where the engine sent none. */
  readonly hitVersions: HitVersions
  /** Rows of a batch that were surely refused, laid out like the hits. */
  readonly refused: Uint32Array
  readonly refusedIds: Uint32Array
  /** Place in `errors`, or −1. */
  readonly error: Int32Array
  readonly errors: readonly string[]
  /** The last instant up to which this history is known to be whole: the last flush, or the end. */
  readonly until: Micros
  /** The driver closed the file itself: false after a kill. */
  readonly closed: boolean
  /** The driver was told to stop before the trace had ended (Ctrl-C). */
  readonly interrupted: boolean
  /**
   * The instant zero of the run on the machine's monotonic clock, where the driver told it: what another process
   * stamped can be laid beside it.
   */
  readonly origin?: Micros
  /** Every batch carried a checksum, and it was right; false for histories of an earlier format, which carry none. */
  readonly checked?: boolean
}

/** What was asked after the trace, as columns. */
export interface After {
  /** What `plan` said then; absent in earlier runs, and where nothing was told. */
  readonly plan?: string
  /** Final look-ups of probed rows: one entry a row and space. */
  readonly lookups: {
    readonly count: number
    readonly space: Uint8Array
    readonly id: Uint32Array
    /** LOOKUP_ABSENT, NO_VERSION (found, version not told), or the version found. */
    readonly version: Int32Array
    /** When the look-up was sent and answered; done is NaN (and the version NO_VERSION) where no answer came. */
    readonly sent: Float64Array
    readonly done: Float64Array
  } | null
  /** Answers of the rebuild controls: the same queries, in a fresh collection of the same live rows. */
  readonly rebuilds: {
    readonly count: number
    readonly checkpoint: Uint32Array
    readonly rebuild: Uint32Array
    readonly query: Uint32Array
    /** −1 = the scenario's own. */
    readonly effort: Int32Array
    readonly hits: Uint32Array
    readonly hitIds: Uint32Array
    readonly hitVersions: Int32Array
  } | null
}
export const LOOKUP_ABSENT = -2

/** A gauge of this name and a reason counts how often the engine's own gauges could not be read. */
export const STATS_FAILED = 'engine.stats.failed: '

/** Gauges over time, as columns: the value of gauge `names[name[i]]` at `at[i]`. */
export interface Samples {
  readonly count: number
  readonly at: Float64Array
  readonly name: Uint16Array
  readonly value: Float64Array
  readonly names: readonly string[]
}
