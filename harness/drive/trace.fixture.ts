import {
  ACTIONS,
  type Action,
  type Id,
  KINDS,
  MILLI,
  NONE,
  type Op,
  type OpColumns,
  PRESENT,
  type Scenario,
  SECOND,
  type Trace,
  type TraceMeta,
} from '../model/index.ts'

/** Traces written by hand, for tests; times in ms. */

const base = { phase: 0, space: 0 }

/** Rows at version 0. */
export const upsert = (at: number, ...ids: readonly Id[]): Op => ({
  ...base,
  at: at * MILLI,
  kind: 'upsert',
  rows: ids.map((id) => ({ id, version: 0 })),
})
export const remove = (at: number, ...ids: readonly Id[]): Op => ({
  ...base,
  at: at * MILLI,
  kind: 'delete',
  ids,
})
export const search = (at: number, query = 0): Op => ({
  ...base,
  at: at * MILLI,
  kind: 'search',
  query,
  model: 1,
  k: 3,
})
/** A probe of row `id` for the write at place `of`. */
export const probe = (at: number, of: number, id: Id, more: object = {}): Op => ({
  ...base,
  at: at * MILLI,
  kind: 'probe',
  row: { id, version: 0 },
  of,
  k: 3,
  perturb: at + 1,
  expect: 'present',
  watch: false,
  exact: false,
  ...more,
})
export const control = (at: number, action: Action, space = 0): Op => ({
  phase: 0,
  space,
  at: at * MILLI,
  kind: 'control',
  action,
})

const columnsOf = (ops: readonly Op[]): OpColumns => {
  const rows = ops.map((op) => {
    if (op.kind === 'upsert') return op.rows
    if (op.kind === 'delete') return op.ids.map((id) => ({ id, version: 0 }))
    return op.kind === 'probe' ? [op.row] : []
  })
  let sum = 0
  const offsets = Uint32Array.from([0, ...rows.map((list) => (sum += list.length))])
  const all = rows.flat()
  return {
    count: ops.length,
    at: Float64Array.from(ops, (op) => op.at),
    kind: Uint8Array.from(ops, (op) => KINDS.indexOf(op.kind)),
    space: Uint8Array.from(ops, (op) => op.space),
    phase: Uint16Array.from(ops, (op) => op.phase),
    rows: offsets,
    ids: Uint32Array.from(all, ({ id }) => id),
    versions: Uint32Array.from(all, ({ version }) => version),
    query: Int32Array.from(ops, (op) => (op.kind === 'search' ? op.query : NONE)),
    model: Uint8Array.from(ops, (op) => (op.kind === 'search' ? op.model : 0)),
    k: Uint32Array.from(ops, (op) => ('k' in op ? op.k : 0)),
    effort: Int32Array.from(ops, (op) => (op.kind === 'search' ? (op.effort ?? NONE) : NONE)),
    perturb: Uint32Array.from(ops, (op) => (op.kind === 'probe' ? op.perturb : 0)),
    expect: Uint8Array.from(ops, (op) =>
      op.kind === 'probe' && op.expect === 'present' ? PRESENT : 0,
    ),
    watch: Uint8Array.from(ops, (op) => Number(op.kind === 'probe' && op.watch)),
    exact: Uint8Array.from(ops, (op) => Number(op.kind === 'probe' && op.exact)),
    of: Int32Array.from(ops, (op) => (op.kind === 'probe' ? op.of : NONE)),
    checkpoint: Int32Array.from(ops, (op) => ('checkpoint' in op ? (op.checkpoint ?? NONE) : NONE)),
    action: Uint8Array.from(ops, (op) =>
      op.kind === 'control' ? ACTIONS.indexOf(op.action) + 1 : 0,
    ),
  }
}

interface Choices {
  readonly meta?: Partial<TraceMeta>
  readonly client?: Partial<Scenario['client']>
  /** Tokens a second. */
  readonly probeRate?: number
  readonly deadline?: number
}

/** A trace of one phase, over rows of four dimensions. The scenario has what the driver reads, and no more. */
export const traceOf = (ops: readonly Op[], choices: Choices = {}): Trace => {
  const end = (ops.at(-1)?.at ?? 0) + 1
  const scenario = {
    metric: 'l2',
    k: 3,
    index: { kind: 'exact' },
    client: {
      timeout: 5 * SECOND,
      inFlight: 1000,
      connections: 2,
      consistency: 'default',
      durability: 'default',
      ...choices.client,
    },
    probes: { deadline: choices.deadline ?? 10 * SECOND },
  } as unknown as Scenario
  const meta: TraceMeta = {
    format: 'driftmark-trace/2',
    scenario,
    fingerprint: 'sha256:0',
    seed: 1,
    preload: 0,
    metric: 'l2',
    revisions: 1,
    dimensions: [4],
    spaces: [{ model: 1 }],
    phases: [
      { name: 'only', measured: true, from: 0, to: end, probeRate: choices.probeRate ?? 1000 },
    ],
    checkpoints: [],
    end,
    probes: {
      probed: { insert: 0, update: 0, delete: 0 },
      ineligible: { insert: 0, update: 0, delete: 0 },
    },
    hash: 'sha256:0',
    ...choices.meta,
  }
  return { meta, ops: columnsOf(ops) }
}
