import type { Figure, Interval, Q } from './figure.ts'

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

export interface Backlog {
  readonly max: Figure
  readonly end: Figure
  /** Writes a second. */
  readonly slope: Interval
  /** [seconds, lower, upper], one a second, for the figure. */
  readonly curve: readonly (readonly [number, number, number])[]
}
