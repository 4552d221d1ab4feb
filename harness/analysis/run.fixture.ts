import {
  type Action,
  type After,
  type History,
  type Id,
  type Kind,
  MILLI,
  type Outcome,
  type PhaseSpan,
  type RunData,
  type Scenario,
  type TraceMeta,
  type Version,
} from '../model/index.ts'
import { afterOf, columnsOf, datasetOf, historyOf, samplesOf } from './run-columns.fixture.ts'

/** Runs written by hand, for tests: every time is in milliseconds, every column has a default. */

/** A row of an answer: an id and its version, or an id whose engine tells no version. */
export type HitLiteral = Id | readonly [Id, Version]

/** What became of an op. Left out: sent when due, answered `ok` 1 ms later, nothing returned. */
export interface EventLiteral {
  readonly sent?: number | null
  readonly done?: number | null
  readonly outcome?: Outcome
  readonly hits?: readonly HitLiteral[]
  readonly refused?: readonly Id[]
  readonly error?: string
  /** Where the op went, if it followed the alias; else where it was meant to go. */
  readonly space?: number
  readonly model?: number
}

/** One op with its event. `event: null` = the history ends before it. */
export interface OpLiteral {
  readonly kind: Kind
  readonly at: number
  readonly space?: number
  readonly phase?: number
  readonly rows?: readonly (readonly [Id, Version])[]
  readonly query?: number
  readonly model?: number
  readonly k?: number
  readonly effort?: number
  readonly checkpoint?: number
  /** Place of the write in the list of ops as it was written down. */
  readonly of?: number
  readonly expect?: 0 | 1
  readonly watch?: boolean
  readonly action?: Action
  readonly event?: EventLiteral | null
  /** What `exact` answered right after. */
  readonly exact?: EventLiteral
}

export interface RunLiteral {
  readonly ops: readonly OpLiteral[]
  readonly scenario?: Partial<Scenario>
  readonly meta?: Partial<TraceMeta>
  readonly preload?: number
  readonly revisions?: number
  /** [name, from, to, measured]; default: one measured phase over everything. */
  readonly phases?: readonly (readonly [string, number, number, boolean])[]
  /** vectors[model − 1][revision · rows + id]; default: revision r of id i is (i, r / 1000). */
  readonly vectors?: readonly (readonly (readonly number[])[])[]
  /** queries[model − 1]; default: query q is (q, 0). */
  readonly queries?: readonly (readonly (readonly number[])[])[]
  /** [id, version, null = absent, or undefined = found without a version], sent and answered at `lookedUp`. */
  readonly lookups?: readonly (readonly [Id, Version | null | undefined])[]
  readonly lookedUp?: number
  readonly rebuilds?: After['rebuilds']
  readonly planAfter?: string
  /** Gauge -> [milliseconds, value]. */
  readonly gauges?: { readonly [name: string]: readonly (readonly [number, number])[] }
  readonly history?: Partial<Pick<History, 'closed' | 'interrupted'>> & { readonly until?: number }
  readonly manifest?: Partial<RunData['manifest']>
}

export const upsert = (
  at: number,
  rows: readonly (readonly [Id, Version])[],
  event: EventLiteral | null = {},
  more: Partial<OpLiteral> = {},
): OpLiteral => ({ kind: 'upsert', at, rows, event, ...more })

export const remove = (
  at: number,
  ids: readonly Id[],
  event: EventLiteral | null = {},
  more: Partial<OpLiteral> = {},
): OpLiteral => ({ kind: 'delete', at, rows: ids.map((id) => [id, 0] as const), event, ...more })

export const search = (
  at: number,
  query: number,
  hits: readonly HitLiteral[],
  event: EventLiteral | null = {},
  more: Partial<OpLiteral> = {},
): OpLiteral => ({
  kind: 'search',
  at,
  query,
  model: 1,
  event: event && { hits, ...event },
  ...more,
})

/** Hits at version 0. */
export const at0 = (...ids: readonly Id[]): readonly HitLiteral[] => ids.map((id) => [id, 0])

/** A probe of `row` for the write at place `of`. */
export const probe = (
  at: number,
  of: number,
  row: readonly [Id, Version],
  hits: readonly HitLiteral[],
  event: EventLiteral | null = {},
  more: Partial<OpLiteral> = {},
): OpLiteral => ({
  kind: 'probe',
  at,
  of,
  rows: [row],
  expect: 1,
  event: event && { hits, ...event },
  ...more,
})

export const control = (
  at: number,
  action: Action,
  event: EventLiteral | null = {},
  more: Partial<OpLiteral> = {},
): OpLiteral => ({ kind: 'control', at, action, event, ...more })

/** Trace, history and all the rest of a run, from literals. The ops are put in order of `at`. */
export const runOf = (literal: RunLiteral): RunData => {
  const order = [...literal.ops.keys()].sort(
    (a, b) => literal.ops[a]!.at - literal.ops[b]!.at || a - b,
  )
  const placeOf = new Map(order.map((written, op) => [written, op]))
  const ops = order.map((written) => literal.ops[written]!)
  const scenario = scenarioOf(literal)
  const end = ops.reduce((last, { at }) => Math.max(last, at), 1000)
  const meta = metaOf(literal, scenario, end)
  return {
    manifest: manifestOf(literal, scenario, meta),
    trace: { meta, ops: columnsOf(ops, placeOf, scenario.k) },
    history: historyOf(literal, ops, end),
    after: afterOf(literal, end),
    samples: samplesOf(literal.gauges ?? {}),
    dataset: datasetOf(literal, meta.revisions),
  }
}

const scenarioOf = (literal: RunLiteral): Scenario => ({
  name: 'by-hand',
  about: 'Written by hand.',
  dataset: { name: 'by-hand' },
  metric: 'l2',
  k: 2,
  index: { kind: 'hnsw' },
  preload: literal.preload ?? 0,
  client: {
    timeout: 30_000 * MILLI,
    inFlight: 100,
    connections: 1,
    consistency: 'default',
    durability: 'default',
  },
  phases: [],
  reembed: null,
  probes: {
    share: 1,
    first: MILLI,
    growth: 2,
    deadline: 1000 * MILLI,
    cap: 4,
    watch: 0.2,
    repeat: false,
  },
  checkpoints: null,
  limits: [],
  ...literal.scenario,
})

const metaOf = (literal: RunLiteral, scenario: Scenario, end: number): TraceMeta => {
  const spans = literal.phases ?? [['churn', 0, end, true] as const]
  const phases = spans.map(
    ([name, from, to, measured]): PhaseSpan => ({
      name,
      measured,
      from: from * MILLI,
      to: to * MILLI,
      probeRate: 100,
    }),
  )
  const none = { insert: 0, update: 0, delete: 0 }
  return {
    format: 'driftmark-trace/2',
    scenario,
    fingerprint: 'sha256:by-hand',
    seed: 1,
    preload: scenario.preload,
    metric: scenario.metric,
    revisions: literal.revisions ?? 1,
    dimensions: [2],
    spaces: [{ model: 1 }],
    phases,
    checkpoints: [],
    end: phases.at(-1)!.to,
    probes: { probed: none, ineligible: none },
    hash: 'sha256:trace',
    ...literal.meta,
  }
}

const manifestOf = (
  literal: RunLiteral,
  scenario: Scenario,
  meta: TraceMeta,
): RunData['manifest'] => ({
  format: 'driftmark-run/1',
  id: 'by-hand',
  scenario,
  seed: meta.seed,
  trace: meta.hash,
  dataset: { name: 'by-hand', fingerprint: meta.fingerprint },
  target: { label: 'sim', adapter: 'sim', inProcess: false, launched: true },
  engine: {},
  capabilities: ['get', 'exact', 'bulkLoad'],
  preloadedBy: 'bulkLoad',
  driver: 'embedded',
  started: '2025-01-01T00:00:00.000Z',
  command: 'driftmark run by-hand.yaml --target sim',
  versions: { driftmark: '0.1.0', node: '24' },
  host: { platform: 'linux', cpu: 'any', cores: 2, memoryBytes: 1 },
  calibration: null,
  ...literal.manifest,
})
