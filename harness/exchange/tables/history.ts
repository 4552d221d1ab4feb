import {
  ACTIONS,
  CONTROL,
  type History,
  type HitVersions,
  KINDS,
  NO_VERSION,
  NONE,
  OUTCOMES,
  PROBE,
  type RunData,
  SEARCH,
  UNKNOWN,
  VIA_EXACT,
  VIA_INDEX,
} from '../../model/index.ts'
import type { Cell, Column, Table } from './table.ts'

/** Both ends of the recall of each search that was judged, by op: NaN where it was not. */
export interface RecallOf {
  readonly low: Float64Array
  readonly high: Float64Array
}

/**
 * The history of a run as a table: one row an op, in the order of the trace, and one more (`via` = exact) where a late miss was asked
 * again of exact search. Times in microseconds since the run began. An op of a killed run that was due and has no event is `unknown`;
 * one that was not due yet has no outcome. `recall` fills the last two columns; without it they are left out.
 */
export const historyTable = (run: RunData, recall: RecallOf | null = null): Table => {
  const { op, event } = rowsOf(run)
  const columns = [
    ...askedColumns(run, op),
    ...answeredColumns(run, op, event),
    ...(recall ? recallColumns(recall, op, event) : []),
  ]
  return { name: 'history', count: op.length, columns }
}

/** Row → its op and its event; −1 where no event was recorded. */
const rowsOf = ({ trace, history }: RunData): { op: Uint32Array; event: Int32Array } => {
  const { count } = trace.ops
  const index = new Int32Array(count).fill(-1)
  const exact = new Int32Array(count).fill(-1)
  let checks = 0
  for (let i = 0; i < history.count; i++) {
    if (history.via[i] === VIA_INDEX) index[history.op[i]!] = i
    else exact[history.op[i]!] = i
    checks += Number(history.via[i] === VIA_EXACT)
  }
  const op = new Uint32Array(count + checks)
  const event = new Int32Array(count + checks)
  let row = 0
  for (let i = 0; i < count; i++) {
    op[row] = i
    event[row++] = index[i]!
    if (exact[i]! < 0) continue
    op[row] = i
    event[row++] = exact[i]!
  }
  return { op: op.subarray(0, row), event: event.subarray(0, row) }
}

const askedColumns = ({ trace: { ops, meta } }: RunData, op: Uint32Array): readonly Column[] => {
  const column = (name: string, type: Column['type'], of: (op: number) => Cell): Column => ({
    name,
    type,
    of: (row) => of(op[row]!),
  })
  const some = (value: number): Cell => (value === NONE ? null : value)
  const asks = (i: number): boolean => ops.kind[i] === SEARCH || ops.kind[i] === PROBE
  const rows = (values: Uint32Array, i: number): Cell =>
    ops.rows[i] === ops.rows[i + 1] ? null : [...values.subarray(ops.rows[i], ops.rows[i + 1])]
  return [
    column('op', 'int', (i) => i),
    column('due_us', 'double', (i) => ops.at[i]!),
    column('kind', 'text', (i) => KINDS[ops.kind[i]!]!),
    column('action', 'text', (i) => ACTIONS[ops.action[i]! - 1] ?? null),
    column('phase', 'text', (i) => meta.phases[ops.phase[i]!]!.name),
    column('checkpoint', 'int', (i) => some(ops.checkpoint[i]!)),
    column('ids', 'ints', (i) => rows(ops.ids, i)),
    column('versions', 'ints', (i) =>
      KINDS[ops.kind[i]!] === 'delete' ? null : rows(ops.versions, i),
    ),
    column('query', 'int', (i) => some(ops.query[i]!)),
    column('k', 'int', (i) => (asks(i) ? ops.k[i]! : null)),
    column('effort', 'int', (i) => some(ops.effort[i]!)),
    column('probe_of', 'int', (i) => some(ops.of[i]!)),
  ]
}

const answeredColumns = (
  { trace: { ops }, history }: RunData,
  op: Uint32Array,
  event: Int32Array,
): readonly Column[] => {
  const horizon = history.until
  const column = (name: string, type: Column['type'], of: (event: number) => Cell): Column => ({
    name,
    type,
    of: (row) => (event[row]! < 0 ? null : of(event[row]!)),
  })
  const isAnswer = (i: number): boolean => {
    const kind = ops.kind[history.op[i]!]
    return OUTCOMES[history.outcome[i]!] === 'ok' && (kind === SEARCH || kind === PROBE)
  }
  const went = (i: number): boolean =>
    !Number.isNaN(history.sent[i]!) && ops.kind[history.op[i]!] !== CONTROL
  return [
    {
      name: 'outcome',
      type: 'text',
      of: (row) => {
        if (event[row]! >= 0) return OUTCOMES[history.outcome[event[row]!]!]!
        return ops.at[op[row]!]! <= horizon ? OUTCOMES[UNKNOWN]! : null
      },
    },
    column('via', 'text', (i) => (history.via[i] === VIA_EXACT ? 'exact' : 'index')),
    column('sent_us', 'double', (i) => time(history.sent[i]!)),
    column('done_us', 'double', (i) => time(history.done[i]!)),
    column('space', 'int', (i) => (went(i) ? history.space[i]! : null)),
    column('model', 'int', (i) => (went(i) && history.model[i]! > 0 ? history.model[i]! : null)),
    column('hit_ids', 'ints', (i) => (isAnswer(i) ? hitsOf(history, history.hitIds, i) : null)),
    column('hit_versions', 'ints', (i) => {
      const versions = hitsOf(history, history.hitVersions, i)
      return isAnswer(i) && !versions.includes(NO_VERSION) ? versions : null
    }),
    column('refused_ids', 'ints', (i) => {
      const refused = history.refusedIds.subarray(history.refused[i], history.refused[i + 1])
      return refused.length > 0 ? [...refused] : null
    }),
    column('error', 'text', (i) => history.errors[history.error[i]!] ?? null),
  ]
}

/** To the nanosecond: no clock tells more. */
const time = (value: number): Cell => (Number.isNaN(value) ? null : Math.round(value * 1000) / 1000)

const hitsOf = ({ hits }: History, values: Uint32Array | HitVersions, event: number): number[] => [
  ...values.subarray(hits[event], hits[event + 1]),
]

const recallColumns = (recall: RecallOf, op: Uint32Array, event: Int32Array): readonly Column[] =>
  (['low', 'high'] as const).map((end) => ({
    name: `recall_${end}`,
    type: 'double',
    of: (row) => {
      const value = event[row]! < 0 ? Number.NaN : recall[end][op[row]!]!
      return Number.isNaN(value) ? null : value
    },
  }))

/** The gauges of a run as a table: what was sampled, when, and its value. */
export const gaugesTable = ({ samples }: RunData): Table => ({
  name: 'gauges',
  count: samples.count,
  columns: [
    { name: 'at_us', type: 'double', of: (row) => samples.at[row]! },
    { name: 'name', type: 'text', of: (row) => samples.names[samples.name[row]!]! },
    { name: 'value', type: 'double', of: (row) => samples.value[row]! },
  ],
})
