import {
  ACTIONS,
  type After,
  type Dataset,
  type History,
  KINDS,
  LOOKUP_ABSENT,
  MILLI,
  NO_VERSION,
  NONE,
  type OpColumns,
  OUTCOMES,
  type Samples,
  type Vectors,
  VIA_EXACT,
  VIA_INDEX,
} from '../model/index.ts'
import type { OpLiteral, RunLiteral } from './run.fixture.ts'

/** The columns behind the literals of `run.fixture.ts`. */

export const columnsOf = (
  ops: readonly OpLiteral[],
  placeOf: ReadonlyMap<number, number>,
  k: number,
): OpColumns => {
  const rows = ops.map((op) => op.rows ?? [])
  const number = (read: (op: OpLiteral) => number | undefined, absent: number) =>
    ops.map((op) => read(op) ?? absent)
  return {
    count: ops.length,
    at: Float64Array.from(ops, (op) => op.at * MILLI),
    kind: Uint8Array.from(ops, (op) => KINDS.indexOf(op.kind)),
    space: Uint8Array.from(number((op) => op.space, 0)),
    phase: Uint16Array.from(number((op) => op.phase, 0)),
    rows: offsetsOf(rows),
    ids: Uint32Array.from(rows.flat(), ([id]) => id),
    versions: Uint32Array.from(rows.flat(), ([, version]) => version),
    query: Int32Array.from(number((op) => op.query, NONE)),
    model: Uint8Array.from(number((op) => op.model, 0)),
    k: Uint32Array.from(ops, (op) =>
      op.kind === 'search' || op.kind === 'probe' ? (op.k ?? k) : 0,
    ),
    effort: Int32Array.from(number((op) => op.effort, NONE)),
    perturb: new Uint32Array(ops.length),
    expect: Uint8Array.from(number((op) => op.expect, 0)),
    watch: Uint8Array.from(ops, (op) => (op.watch ? 1 : 0)),
    exact: Uint8Array.from(ops, (op) => (op.exact ? 1 : 0)),
    of: Int32Array.from(ops, (op) => (op.of === undefined ? NONE : placeOf.get(op.of)!)),
    checkpoint: Int32Array.from(number((op) => op.checkpoint, NONE)),
    action: Uint8Array.from(ops, (op) => (op.action ? ACTIONS.indexOf(op.action) + 1 : 0)),
  }
}

export const historyOf = (literal: RunLiteral, ops: readonly OpLiteral[], end: number): History => {
  const events = ops.flatMap((op, number) => [
    ...(op.event === null ? [] : [{ op, number, via: VIA_INDEX, event: op.event ?? {} }]),
    ...(op.exact ? [{ op, number, via: VIA_EXACT, event: op.exact }] : []),
  ])
  const errors = [...new Set(events.flatMap(({ event }) => event.error ?? []))]
  const unsent = ({ event }: (typeof events)[number]) =>
    event.sent === null || event.outcome === 'skipped'
  const sentOf = (entry: (typeof events)[number]) =>
    unsent(entry) ? Number.NaN : (entry.event.sent ?? entry.op.at)
  const hits = events.map(({ event }) => event.hits ?? [])
  const refused = events.map(({ event }) => event.refused ?? [])
  return {
    count: events.length,
    op: Uint32Array.from(events, ({ number }) => number),
    sent: Float64Array.from(events, (entry) => sentOf(entry) * MILLI),
    done: Float64Array.from(events, (entry) =>
      entry.event.done === null ? Number.NaN : (entry.event.done ?? sentOf(entry) + 1) * MILLI,
    ),
    outcome: Uint8Array.from(events, ({ event }) => OUTCOMES.indexOf(event.outcome ?? 'ok')),
    via: Uint8Array.from(events, ({ via }) => via),
    space: Uint8Array.from(events, ({ op, event }) => event.space ?? op.space ?? 0),
    model: Uint8Array.from(events, ({ op, event }) => event.model ?? op.model ?? 0),
    hits: offsetsOf(hits),
    hitIds: Uint32Array.from(hits.flat(), (hit) => (typeof hit === 'number' ? hit : hit[0])),
    hitVersions: Int32Array.from(hits.flat(), (hit) =>
      typeof hit === 'number' ? NO_VERSION : hit[1],
    ),
    refused: offsetsOf(refused),
    refusedIds: Uint32Array.from(refused.flat()),
    error: Int32Array.from(events, ({ event }) =>
      event.error === undefined ? -1 : errors.indexOf(event.error),
    ),
    errors,
    closed: true,
    interrupted: false,
    ...literal.history,
    until: (literal.history?.until ?? end) * MILLI,
  }
}

export const afterOf = (literal: RunLiteral, end: number): After | null => {
  const { lookups, rebuilds = null, planAfter } = literal
  if (!lookups && !rebuilds && planAfter === undefined) return null
  const at = (literal.lookedUp ?? end + 10_000) * MILLI
  return {
    ...(planAfter === undefined ? {} : { plan: planAfter }),
    rebuilds,
    lookups: lookups
      ? {
          count: lookups.length,
          space: new Uint8Array(lookups.length),
          id: Uint32Array.from(lookups, ([id]) => id),
          version: Int32Array.from(lookups, ([, version]) =>
            version === null ? LOOKUP_ABSENT : (version ?? NO_VERSION),
          ),
          sent: new Float64Array(lookups.length).fill(at),
          done: new Float64Array(lookups.length).fill(at + MILLI),
        }
      : null,
  }
}

export const samplesOf = (gauges: NonNullable<RunLiteral['gauges']>): Samples => {
  const names = Object.keys(gauges)
  const points = names.flatMap((name, index) =>
    gauges[name]!.map(([at, value]) => ({ index, at, value })),
  )
  return {
    count: points.length,
    at: Float64Array.from(points, ({ at }) => at * MILLI),
    name: Uint16Array.from(points, ({ index }) => index),
    value: Float64Array.from(points, ({ value }) => value),
    names,
  }
}

const DEFAULT_ROWS = 100

export const datasetOf = (literal: RunLiteral, revisions: number): Dataset => {
  const rows = (literal.vectors?.[0]?.length ?? DEFAULT_ROWS * revisions) / revisions
  const line = Array.from({ length: DEFAULT_ROWS }, (_, i) => [i, 0])
  const vectors = literal.vectors ?? [
    Array.from({ length: rows * revisions }, (_, i) => [i % rows, Math.floor(i / rows) / 1000]),
  ]
  return {
    name: 'by-hand',
    fingerprint: 'sha256:by-hand',
    rows,
    revisions,
    models: vectors.map((matrix, index) => ({
      dimensions: matrix[0]!.length,
      vectors: vectorsOf(matrix),
      queries: vectorsOf(literal.queries?.[index] ?? line),
    })),
    cluster: () => 0,
    source: { kind: 'memory' },
  }
}

const vectorsOf = (matrix: readonly (readonly number[])[]): Vectors => ({
  count: matrix.length,
  dimensions: matrix[0]?.length ?? 0,
  at: (index) => Float32Array.from(matrix[index]!),
  slice: (from, to) => Float32Array.from(matrix.slice(from, to).flat()),
})

const offsetsOf = (lists: readonly (readonly unknown[])[]): Uint32Array => {
  const offsets = new Uint32Array(lists.length + 1)
  for (const [i, list] of lists.entries()) offsets[i + 1] = offsets[i]! + list.length
  return offsets
}
