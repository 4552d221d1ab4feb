import type { Bracket, Figure, Interval, Q, QueryInterval } from './figure.ts'

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
