import type { Outcome } from './event.ts'
import type { Fairness } from './fairness.ts'
import type { Action } from './op.ts'

/** findings.json, format 1. Times in milliseconds; in JSON, Infinity is the string "Infinity" and a number that cannot be known is null. */
export type Finite = number
/** A number, Infinity included; null = not supported by this run. */
export type Figure = number | null

export interface Q {
  readonly n: number
  readonly p50: Figure
  readonly p90: Figure
  readonly p99: Figure
  readonly p999: Figure
  readonly max: Figure
  readonly ci95: { readonly [quantile: string]: readonly [Figure, Figure] }
  /** The highest quantile that n supports, as a number in (0, 1), where p99 is null. */
  readonly supports?: number
}

export interface Interval {
  readonly value: Figure
  readonly low: Figure
  readonly high: Figure
}

/**
 * 95 % interval over queries, the query as the unit: the lower limit from the low end, the upper from the high one; null where too few were
 * asked. Absent from findings of earlier versions.
 */
export type QueryInterval = readonly [Figure, Figure]

export interface Bracket {
  readonly low: Figure
  readonly high: Figure
}

export interface Counts {
  readonly offered: number
  readonly ok: number
  readonly fail: number
  readonly unknown: number
  readonly skipped: number
}

export interface Validity {
  readonly valid: boolean
  readonly reasons: readonly { readonly code: string; readonly text: string }[]
  readonly lateness: Q
  readonly exactScan: boolean
  /** What `plan` said before the clock started and after the trace; null where it said nothing. Absent from findings of earlier versions. */
  readonly plan?: readonly [before: string | null, after: string | null]
  /** One entry a kind of op that the trace holds. */
  readonly offered: { readonly [kind: string]: Counts }
  /** Things a reader must know that do not invalidate: never reasons. */
  readonly labels: readonly { readonly code: string; readonly text: string }[]
  /** Null where no sample tells; absent in findings of before this was told. */
  readonly machine?: Machine | null
}

/** Processors used, in cores: 1 = one of them throughout. Mean and worst of the windows of 1 s. */
export interface Usage {
  readonly mean: number
  readonly worst: number
}

/** Who used the machine while the run was played; null where it does not tell. */
export interface Machine {
  /** All threads of the harness, waiting awake included. */
  readonly harness: Usage
  /** The process of an engine that this run launched. */
  readonly engine: Usage | null
  readonly others: Usage | null
  /** What a host beneath a virtual machine gave to somebody else. */
  readonly stolen: Usage | null
}

export interface Latency {
  readonly response: Q
  readonly service: Q
}

export interface Visibility {
  readonly label: 'searchable' | 'first seen'
  readonly probed: number
  /** Writes of the whole trace, every phase, that could not be probed; null for a phase: the trace does not tell them apart. */
  readonly ineligible: Figure
  readonly seen: number
  readonly neverSeen: number
  readonly notObserved: number
  readonly superseded: number
  readonly lost: Figure
  readonly flicker: number
  readonly storedNotFound: Figure
  readonly lower: Q
  readonly upper: Q
  readonly stableSince: { readonly lower: Q; readonly upper: Q }
  readonly firstVisibleToExact: { readonly lower: Q; readonly upper: Q } | null
  readonly probes: {
    readonly sent: number
    /** Probes sent over all searches and probes sent. */
    readonly share: Figure
    readonly skippedForTokens: number
  }
  /** For the ECDF between its two ends: [milliseconds, share of writes with L at most that, share with U at most that]. */
  readonly curve: readonly (readonly [number, number, number])[]
}

export interface Removal {
  readonly probed: number
  readonly notFindableBefore: number
  readonly returnedAfter: number
  readonly proven: boolean
  readonly lower: Q
  readonly upper: Q
}

export interface CheckpointRecall {
  readonly t: number
  readonly turnover: Figure
  readonly low: Figure
  readonly high: Figure
  readonly unanswered: number
  readonly rebuild: Interval | null
  readonly searches: number
  readonly ci95?: QueryInterval
  readonly efforts?: readonly {
    readonly effort: number
    readonly low: Figure
    readonly high: Figure
    readonly p99: Figure
  }[]
}

/** Recall and search time at one effort, over all checkpoints of the scope. */
export interface EffortRecall extends Bracket {
  readonly effort: number
  readonly ci95: QueryInterval
  /** As many as were asked, answered or not. */
  readonly searches: number
  readonly response: Q
}

/** The least effort asked whose lower end of recall is at least `recall`; all else null where none is. */
export interface AtRecall extends Bracket {
  readonly recall: number
  readonly effort: Figure
  readonly response: Q | null
}

/** Recall of a group of searches. */
export interface GroupRecall extends Bracket {
  readonly searches: number
  readonly ci95: QueryInterval
}

/** Recall of the true neighbours of one age. */
export interface AgeRecall extends Bracket {
  /** Seconds since the neighbour's write was due, from (included) … to; `to` null: and older; both null: preloaded. */
  readonly from: Figure
  readonly to: Figure
  readonly neighbours: number
  readonly ci95: QueryInterval
  /** Of the searches sent in the first and in the second half of the time. */
  readonly halves: readonly [Bracket, Bracket]
  /** Whole recall of the searches whose nearest true neighbour is of this age. */
  readonly nearest: GroupRecall
}

/** Searches by how far from everything their nearest true neighbour was when it arrived. */
export interface ArrivalRecall {
  /** Arrivals whose distance was measured, and the share of them that came far. */
  readonly measured: number
  readonly far: number
  /** Their distance to the nearest live row over the median of the preloaded rows; null where that is 0. */
  readonly ratio: { readonly p50: number; readonly p99: number } | null
  readonly preloaded: GroupRecall
  readonly near: GroupRecall
  readonly distant: GroupRecall
}

export interface Recall {
  readonly live: {
    readonly low: Figure
    readonly high: Figure
    readonly searches: number
    readonly short: number
    /** Distinct queries among the searches. */
    readonly queries?: number
    readonly ci95?: QueryInterval
  }
  /** Bins of 1 s; t in seconds since clock zero. */
  readonly bins: readonly {
    readonly t: number
    readonly turnover: Figure
    readonly low: Figure
    readonly high: Figure
    readonly searches: number
    readonly ci95?: QueryInterval
  }[]
  readonly checkpoints: readonly CheckpointRecall[]
  /** Where several efforts were asked. */
  readonly byEffort?: readonly EffortRecall[]
  readonly atRecall?: readonly AtRecall[]
  /** Absent from findings of earlier versions, as is the next. */
  readonly byAge?: readonly AgeRecall[]
  readonly byArrival?: ArrivalRecall | null
}

export interface AnswerQuality {
  readonly value: Figure
  readonly priceOfMixing: Figure
}

export interface Loss {
  /** `ci95`: with what the drawing of the probed writes leaves open; absent from findings of earlier versions. */
  readonly notYetVisible: Bracket & { readonly ci95?: readonly [Figure, Figure] }
  /** The part of notYetVisible.high whose rows the final look-ups proved lost; null where none were made. Absent from earlier findings. */
  readonly lost?: Figure
  readonly crowdedOut: Figure
  readonly short: Figure
  readonly index: Figure
  readonly undecided: Figure
}

export interface Drift {
  readonly slopePerTurnover: Interval
  readonly versusRebuild: Interval
  readonly sinceStart: Interval
  readonly worstBin: { readonly t: number; readonly low: Figure; readonly high: Figure } | null
  readonly recovered: Figure
  /** Null where a control was run; else the sentence that says drift is not separated from data change. */
  readonly note: string | null
}

export interface Backlog {
  readonly max: Figure
  readonly end: Figure
  /** Writes a second. */
  readonly slope: Interval
  /** [seconds, lower, upper], one a second, for the figure. */
  readonly curve: readonly (readonly [number, number, number])[]
}

/** What is said of the whole run and, with the same shape, of each phase. */
export interface Scope {
  readonly latency: { readonly [kind: string]: Latency }
  readonly ingestToSearchable: Visibility | null
  readonly updateToVisible: Visibility | null
  readonly deleteToInvisible: Removal | null
  readonly ghosts: Figure
  readonly stale: Figure
  readonly recall: Recall | null
  readonly answerQuality: AnswerQuality | null
  readonly loss: Loss | null
  readonly drift: Drift | null
  readonly backlog: Backlog | null
}

export interface CheckResult {
  readonly limit: string
  readonly value: Figure
  readonly low: Figure
  readonly high: Figure
  readonly outcome: 'pass' | 'fail' | 'unknown'
}

/** Latency over time for the page: one row a second and kind. */
export interface LatencyBin {
  readonly t: number
  readonly kind: string
  readonly n: number
  readonly p50: Figure
  readonly p99: Figure
  readonly max: Figure
}

/** What the engine said of itself over time, every phase, and what it was told to do. Times in seconds since clock zero. */
export interface EngineOverTime {
  /** Gauges that changed: [t, value], about one a second. */
  readonly series: readonly {
    readonly name: string
    readonly points: readonly (readonly [number, number])[]
  }[]
  /** Gauges that did not, with their value. */
  readonly steady: { readonly [name: string]: number }
  readonly controls: readonly {
    readonly action: Action
    readonly due: number
    /** Null where it was never sent, or never answered. */
    readonly sent: Figure
    readonly done: Figure
    readonly outcome: Outcome
  }[]
}

export interface Findings extends Scope {
  readonly format: 'driftmark-findings/1'
  readonly run: {
    readonly id: string
    readonly scenario: string
    readonly target: string
    readonly seed: number
    readonly trace: string
    readonly driver: string
    readonly started: string
    readonly seconds: number
    readonly engine: { readonly [fact: string]: string | number | boolean | null }
    /** Those facts, as a reader needs them to hold engines against each other; absent from findings of earlier versions. */
    readonly fairness?: Fairness
  }
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly validity: Validity
  readonly latencyOverTime: readonly LatencyBin[]
  /** Absent from findings of earlier versions; null where nothing was told or done. */
  readonly engineOverTime?: EngineOverTime | null
  readonly phases: readonly (Scope & {
    readonly name: string
    readonly measured: boolean
    readonly from: number
    readonly to: number
  })[]
  readonly checks: readonly CheckResult[]
}
