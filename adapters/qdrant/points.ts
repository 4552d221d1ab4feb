import type { Hit, Id, Stored } from '../../harness/model/index.ts'

/** What carries rows and searches of one collection, by either client. Every error says its outcome (outcome.ts). */
export interface Points {
  /** `columns`: ids, vectors and versions each in a list of their own, where the transport has that. */
  upsert(rows: readonly Stored[], signal: AbortSignal, columns?: 'columns'): Promise<void>
  delete(ids: readonly Id[], signal: AbortSignal): Promise<void>
  search(vector: Float32Array, k: number, how: How, signal: AbortSignal): Promise<Hit[]>
  get(ids: readonly Id[], signal: AbortSignal): Promise<Hit[]>
  count(signal: AbortSignal): Promise<number>
}

/** What a search says beside its vector; what is undefined is not sent. */
export interface How {
  readonly exact: boolean
  /** hnsw_ef. */
  readonly ef: number | undefined
}

/** The one key of a point's payload. */
export const VERSION = 'version'
