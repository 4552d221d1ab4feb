import type { Scenario } from './scenario.ts'
import type { Id, Micros, Version } from './units.ts'

/** A row at one version. Hits are rows too; a hit whose engine sends no version carries NO_VERSION. */
export interface Row {
  readonly id: Id
  readonly version: Version
}

/** In `Row.version` of a hit, and in the columns of a history: the answer carried no version. */
export const NO_VERSION = -1
/** In integer columns: the op has no such thing. Hashed as 0. */
export const NONE = -1

export type Kind = 'upsert' | 'delete' | 'search' | 'probe' | 'control'
/** The code of each kind in the `kind` column is its place in this list. */
export const KINDS: readonly Kind[] = ['upsert', 'delete', 'search', 'probe', 'control']
export const UPSERT = 0
export const DELETE = 1
export const SEARCH = 2
export const PROBE = 3
export const CONTROL = 4

export type Action = 'compact' | 'checkpoint' | 'create' | 'swap' | 'drop'
/** The code of each action in the `action` column is its place in this list, plus one. */
export const ACTIONS: readonly Action[] = ['compact', 'checkpoint', 'create', 'swap', 'drop']

export const ABSENT = 0
export const PRESENT = 1

interface Timed {
  readonly at: Micros
  readonly phase: number
  /** Which collection: 0 the first, 1 the second of a blue-green migration. */
  readonly space: number
}

/** One timed request. A search with model 0 follows the alias: the driver decides space and model, the history says which. */
export type Op = Timed &
  (
    | { kind: 'upsert'; rows: readonly Row[] }
    | { kind: 'delete'; ids: readonly Id[] }
    | {
        kind: 'search'
        query: number
        model: number
        k: number
        effort?: number
        checkpoint?: number
      }
    | {
        kind: 'probe'
        row: Row
        /** The op (its number) of the write this probe belongs to. */
        of: number
        k: number
        /** Seed of the perturbation; 0 = ask with the row's own vector, unchanged. */
        perturb: number
        expect: 'present' | 'absent'
        /** The row's ladder goes on to the deadline. */
        watch: boolean
        /** If this probe misses, ask `exact` right after. */
        exact: boolean
      }
    | { kind: 'control'; action: Action; checkpoint?: number }
  )

/** The ops of a trace as columns; op i is row i of each. Ordered by `at`; equal instants keep the order of generation. */
export interface OpColumns {
  readonly count: number
  readonly at: Float64Array
  readonly kind: Uint8Array
  readonly space: Uint8Array
  readonly phase: Uint16Array
  /** The rows of op i are `ids[rows[i]] … ids[rows[i + 1] − 1]`; count + 1 entries. A probe has one row. */
  readonly rows: Uint32Array
  readonly ids: Uint32Array
  /** Beside `ids`; 0 for deletes. */
  readonly versions: Uint32Array
  readonly query: Int32Array
  /** 0 = follow the alias (searches), or no model (everything else). */
  readonly model: Uint8Array
  /** 0 where the op has no k. */
  readonly k: Uint32Array
  readonly effort: Int32Array
  readonly perturb: Uint32Array
  /** ABSENT or PRESENT; 0 for all but probes. */
  readonly expect: Uint8Array
  readonly watch: Uint8Array
  readonly exact: Uint8Array
  readonly of: Int32Array
  readonly checkpoint: Int32Array
  /** Place in ACTIONS plus one; 0 = not a control. */
  readonly action: Uint8Array
}

/** One phase as it came to lie in the trace; checkpoints inside it have already stretched it. */
export interface PhaseSpan {
  readonly name: string
  readonly measured: boolean
  readonly from: Micros
  readonly to: Micros
  /** Tokens a second for probes in this phase. */
  readonly probeRate: number
}

/** One checkpoint: writes stand still in [from, to); searches begin at `searches`. */
export interface CheckpointSpan {
  readonly phase: number
  readonly from: Micros
  readonly searches: Micros
  readonly to: Micros
  /** Load the live rows into a fresh collection after the run, and ask the same queries there. */
  readonly rebuild: boolean
}

/** Everything but the columns; enters the hash as canonical JSON (without `hash`). */
export interface TraceMeta {
  /** In format 1 the scenario's sentence and limits enter the hash too. */
  readonly format: 'driftmark-trace/1' | 'driftmark-trace/2'
  readonly scenario: Scenario
  /** Content hash of the dataset, `sha256:…`. */
  readonly fingerprint: string
  readonly seed: number
  /** Ids 0 … preload − 1, revision 0 of model 1, are in space 0 before the clock starts. */
  readonly preload: number
  readonly metric: Scenario['metric']
  readonly revisions: number
  /** Dimensions of each model, models[0] being model 1. */
  readonly dimensions: readonly number[]
  /** The model of each space: spaces[0] holds model 1; a blue-green migration adds a second. */
  readonly spaces: readonly { readonly model: number }[]
  readonly phases: readonly PhaseSpan[]
  readonly checkpoints: readonly CheckpointSpan[]
  /** The last instant of the last phase; ladders run past it. */
  readonly end: Micros
  /** Writes that could not be probed, by the kind of write, and those that were drawn. */
  readonly probes: {
    readonly probed: { readonly insert: number; readonly update: number; readonly delete: number }
    readonly ineligible: {
      readonly insert: number
      readonly update: number
      readonly delete: number
    }
  }
  /** `sha256:…` of metadata and columns; see compile/hash. */
  readonly hash: string
}

export interface Trace {
  readonly meta: TraceMeta
  readonly ops: OpColumns
}
