import type { Outcome } from './event.ts'
import type { Fairness } from './fairness.ts'
import type { Figure, Q } from './figure.ts'
import type { Action } from './op.ts'
import type { AnswerQuality, Drift, Loss, Recall } from './recall.ts'
import type { Validity } from './validity.ts'
import type { Backlog, Removal, Visibility } from './visibility.ts'

/** findings.json, format 1. Times in milliseconds; in JSON, Infinity is the string "Infinity" and a number that cannot be known is null. */
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

export interface Latency {
  readonly response: Q
  readonly service: Q
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
