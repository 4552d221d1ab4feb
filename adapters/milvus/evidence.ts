import type {
  IndexDescription,
  PersistentSegmentInfo,
  QuerySegmentInfo,
} from '@zilliz/milvus2-sdk-node'
import type { Index } from './options.ts'

/** What a server shows of where rows stand. */
export interface Evidence {
  /** Gauges. */
  readonly stats: Record<string, number>
  readonly plan: 'index' | 'exact' | 'partial'
  /** What is not settled yet, each as the end of a sentence; empty: settled. */
  readonly missing: readonly string[]
}

/** Milvus builds no index over a sealed segment of fewer rows (indexCoord.segment.minSegmentNumRowsToEnableIndex). */
const LEAST_INDEXED = 1_024
/** A growing segment of so many rows gets an interim index of Milvus' own: 39 rows for each of its 128 lists. */
const INTERIM = 4_992
const UNFLUSHED = ['Growing', 'Sealed', 'Flushing']

/** What Milvus' segment lists and its index description show; numbers of 64 bits arrive as text. */
export const segmentEvidence = (
  index: Index,
  loaded: readonly QuerySegmentInfo[],
  stored: readonly PersistentSegmentInfo[],
  described: IndexDescription | undefined,
): Evidence => {
  const rows = (some: readonly { readonly num_rows: number }[]): number =>
    some.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)
  const data = loaded.filter(({ level }) => String(level) !== 'L0')
  const growing = data.filter(({ state }) => String(state) === 'Growing')
  const sealed = data.filter(({ state }) => String(state) !== 'Growing')
  const indexed = sealed.filter(({ index_name }) => index_name !== '')
  const late = sealed.filter(
    (one) => !indexed.includes(one) && Number(one.num_rows) >= LEAST_INDEXED,
  )
  const unflushed = stored.filter(({ state }) => UNFLUSHED.includes(String(state)))
  const pending = Number(described?.pending_index_rows ?? 0)
  const scanned = rows(data) - rows(indexed)
  const isInterim = growing.some(({ num_rows }) => Number(num_rows) >= INTERIM)
  return {
    stats: {
      rows_growing: rows(growing),
      rows_sealed: rows(sealed),
      rows_indexed: rows(indexed),
      rows_pending: pending,
      segments: sealed.length,
      segments_growing: growing.length,
    },
    plan: planOf(index, rows(indexed), scanned, isInterim),
    missing: [
      ...tell(rows(growing), 'growing rows'),
      ...tell(unflushed.length, 'segments not flushed'),
      ...tell(pending, 'rows not indexed'),
      ...tell(late.length, 'sealed segments loaded without their index'),
    ],
  }
}

/** `index` and `scanned`: rows, or segments, that a search finds by the index and by looking at all of them. */
export const planOf = (
  { kind }: Index,
  indexed: number,
  scanned: number,
  isInterim = false,
): Evidence['plan'] => {
  if (kind === 'exact') return 'exact'
  if (indexed === 0 && !isInterim) return 'exact'
  return scanned === 0 ? 'index' : 'partial'
}

export const tell = (count: number, of: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${of}`]
