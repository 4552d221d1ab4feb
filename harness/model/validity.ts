import type { Q } from './figure.ts'

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
