import type { Micros } from './units.ts'

/**
 * A scenario as it stands after parsing: defaults filled in, units resolved, frozen. Rates per second, times in
 * microseconds, shares in [0, 1].
 */
export interface Scenario {
  readonly name: string
  readonly about: string
  readonly dataset: DatasetSpec
  readonly metric: Metric
  readonly k: number
  readonly index: IndexOptions
  readonly preload: number
  readonly client: ClientOptions
  readonly phases: readonly Phase[]
  /** Where the writes and checkpoints come from a runbook: absent where the phases say them. */
  readonly runbook?: Runbook
  readonly reembed: Reembed | null
  readonly probes: ProbeOptions | null
  readonly checkpoints: CheckpointOptions | null
  readonly limits: readonly Limit[]
}

export type Metric = 'l2' | 'cosine' | 'ip'

/** A catalog name with its parameters, or files; the datasets folder knows what each accepts. */
export type DatasetSpec =
  | {
      readonly name: string
      readonly rows?: number
      readonly dimensions?: number
      readonly queries?: number
      readonly revisions?: number
      readonly seed?: number
      readonly [parameter: string]: string | number | undefined
    }
  | {
      /** An ann-benchmarks HDF5 file, or a folder of VectorDBBench's Parquet files: rows and queries in one. */
      readonly file: string
      readonly [parameter: string]: string | number | undefined
    }
  | {
      readonly path: string
      readonly queries: string
      readonly dimensions?: number
      readonly revisions?: number
      readonly [parameter: string]: string | number | undefined
    }

/** One step of a runbook: half-open ranges of tags, of the dataset's rows, or of both (definitions §7). */
export type RunbookStep =
  | {
      readonly do: 'insert'
      readonly start: number
      readonly end: number
      /** Rows a second, where the step has a rate of its own. */
      readonly rate?: number
    }
  | { readonly do: 'delete'; readonly start: number; readonly end: number }
  | {
      readonly do: 'replace'
      readonly start: number
      readonly end: number
      /** The row that the first of these tags gets. */
      readonly from: number
    }
  | { readonly do: 'search' }
  | { readonly do: 'wait' }

/** A streaming runbook, read and checked, with the rate at which it is played. */
export interface Runbook {
  readonly file: string
  /** The data set within the file. */
  readonly name: string
  /** What the file declares as the most rows ever live; null where it declares nothing. */
  readonly maxPoints: number | null
  /** Rows a second, evenly. */
  readonly rate: number
  /** Rows in one request, at most. */
  readonly batch: number
  readonly searches: Searches | null
  /** Step n of the file is steps[n − 1]. */
  readonly steps: readonly RunbookStep[]
}

export interface IndexOptions {
  readonly kind: 'hnsw' | 'ivf-flat' | 'ivf-pq' | 'exact'
  readonly [parameter: string]: string | number | boolean
}

export interface ClientOptions {
  readonly timeout: Micros
  readonly inFlight: number
  readonly connections: number
  readonly consistency: string
  readonly durability: string
}

export type Arrivals =
  | 'poisson'
  | 'even'
  | { readonly every: Micros; readonly for: Micros; readonly rate: number }

export type WritePick = 'uniform' | 'zipf' | 'oldest' | 'newest' | 'cluster'

export interface Writes {
  /** Rows a second. */
  readonly rate: number
  readonly batch: number
  readonly arrivals: Arrivals
  readonly mix: { readonly insert: number; readonly update: number; readonly delete: number }
  readonly pick: WritePick
  readonly rest: Micros
}

export interface Searches {
  readonly rate: number
  readonly arrivals: Arrivals
  readonly pick: 'uniform' | 'zipf' | 'each'
}

export interface Phase {
  readonly name: string
  readonly for: Micros
  readonly measured: boolean
  readonly writes: Writes | null
  readonly searches: Searches | null
  /** `at` counts from the phase's start. */
  readonly control: readonly {
    readonly at: Micros
    readonly do: 'compact' | 'checkpoint' | 'create' | 'swap' | 'drop'
  }[]
}

export interface Reembed {
  readonly to: number
  readonly style: 'in-place' | 'blue-green'
  readonly rate: number
  /** From the first measured phase. */
  readonly at: Micros
  readonly order: 'random' | 'oldest' | 'newest'
  readonly queries: 'start' | 'end'
}

export interface ProbeOptions {
  readonly share: number
  readonly first: Micros
  readonly growth: number
  readonly deadline: Micros
  /** Probes a second, as a multiple of the phase's search rate. */
  readonly cap: number
  readonly watch: number
  readonly repeat: boolean
}

export interface CheckpointOptions {
  readonly every: Micros
  readonly settle: Micros
  readonly rate: number
  /** Empty: every query once, at the scenario's own search parameters. */
  readonly efforts: readonly number[]
  readonly rebuildControl: 'none' | 'last' | 'ends' | 'all'
  readonly rebuilds: number
}

/** A number of findings.json held against a bound; times in milliseconds, as findings have them. */
export interface Limit {
  /** As written: `ingestToSearchable.upper.p99 <= 100ms`. */
  readonly text: string
  readonly path: string
  readonly comparison: '<' | '<=' | '>' | '>=' | '==' | '!='
  readonly bound: number
}
