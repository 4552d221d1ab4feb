import type { Id } from './units.ts'

/** A matrix that is read by row or by range; never wholly copied. */
export interface Vectors {
  readonly count: number
  readonly dimensions: number
  /** Row `index`. Valid until the next call unless it is kept by a copy; never written to. */
  at(index: number): Float32Array
  /**
   * Begins to read row `index` in the background; once it resolves, `at` has it at hand. It never rejects: what is wrong, `at` tells.
   * Absent where every row is in memory.
   */
  ahead?(index: number): Promise<void>
  /** Rows [from, to) back to back, a copy. */
  slice(from: number, to: number): Float32Array
}

export interface Model {
  readonly dimensions: number
  /** rows × revisions vectors; revision r of id i is vector r · rows + i. */
  readonly vectors: Vectors
  readonly queries: Vectors
}

/** A plain description that another thread can open again: structured-cloneable, shared memory included. */
export interface DatasetSource {
  readonly kind: 'memory' | 'files' | 'runbook'
  readonly [key: string]: unknown
}

export interface Dataset {
  readonly name: string
  /** `sha256:…` of contents, shape and parameters; enters the trace hash. */
  readonly fingerprint: string
  readonly rows: number
  readonly revisions: number
  /** models[0] is model 1. Every model has the same number of queries. */
  readonly models: readonly Model[]
  /** Cluster of a row, for `pick: cluster`: from 0, dense. */
  cluster(id: Id): number
  /** The raw text of a row, where there is one. */
  text?(id: Id): string
  /** Where a row comes from, where that is known. */
  origin?(id: Id): string
  /** For `reopen` in another thread. */
  readonly source: DatasetSource
}
