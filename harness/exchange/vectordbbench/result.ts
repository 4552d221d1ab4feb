import { orderStatistic, timingsOf, type View } from '../../analysis/index.ts'
import { type Figure, type Findings, OK, SECOND, UPSERT } from '../../model/index.ts'

/** Fewest values that bound a p95 from above at 95 %: .95ⁿ ≤ .025 (definitions §2). */
const FEWEST_FOR_P95 = 73
/** The case of a dataset of one's own, and the client that stands for none of theirs, in VectorDBBench's lists. */
const CUSTOM_PERFORMANCE_CASE = 101
const NO_CLIENT_OF_THEIRS = 'test'

const METRIC = { l2: 'L2', cosine: 'COSINE', ip: 'IP' } as const

/** How our figures differ from what the field's readers expect under the same names. */
export const NOTE =
  'measured by driftmark, open loop, from scheduled time: serial_latency is response time under the scenario’s load, recall is against the rows live at each search; qps is left out, since an open loop does not look for the highest rate'

/**
 * A run as a VectorDBBench result document (its file holds one); latencies in seconds. Only what was measured is there: a
 * metric that is absent reads as its default. `label`: ":)" for a valid run with recall and a finite p99, "x" for a run that is not valid,
 * "?" where one of the two cannot be said.
 */
export const vectorDbBenchOf = (view: View, findings: Findings) => {
  const { meta } = view.trace
  const { scenario } = meta
  const { manifest, dataset } = view.run
  const metrics = metricsOf(view, findings)
  const complete = metrics.recall !== undefined && metrics.serial_latency_p99 !== undefined
  return {
    run_id: findings.run.id,
    task_label: 'driftmark',
    file_fmt: 'result_{}_{}_{}.json',
    timestamp: Date.parse(manifest.started) / 1000,
    results: [
      {
        metrics,
        task_config: {
          db: NO_CLIENT_OF_THEIRS,
          db_config: {
            db_label: `${manifest.target.label} (driftmark)`,
            version: String(manifest.engine.version ?? ''),
            note: NOTE,
          },
          db_case_config: { metric_type: METRIC[scenario.metric] },
          case_config: {
            case_id: CUSTOM_PERFORMANCE_CASE,
            custom_case: {
              name: `driftmark ${scenario.name}`,
              description: scenario.about,
              load_timeout: 0,
              optimize_timeout: 0,
              dataset_config: {
                name: dataset.name,
                dir: '',
                size: rowsOf(view),
                dim: meta.dimensions[0]!,
                metric_type: METRIC[scenario.metric],
                file_count: 1,
                use_shuffled: false,
                with_gt: true,
              },
            },
            k: scenario.k,
          },
          stages: ['load', 'search_serial'],
        },
        label: !findings.validity.valid ? 'x' : complete ? ':)' : '?',
      },
    ],
  }
}

/** The file name that VectorDBBench looks for. */
export const vectorDbBenchFile = ({ run }: Findings): string =>
  `result_${run.started.slice(0, 10).replaceAll('-', '')}_driftmark_${run.target}.json`

const metricsOf = (view: View, findings: Findings) => {
  const { latency, recall, ingestToSearchable, verdict, validity } = findings
  const checkpoint = recall?.checkpoints.at(-1)?.low ?? null
  const p99 = seconds(latency.search?.response.p99)
  return defined({
    serial_latency_p99: p99,
    serial_latency_p95: p99 === undefined ? undefined : p95Of(view),
    recall: checkpoint ?? recall?.live.low ?? undefined,
    ...insertsOf(view),
    additional_parameters: {
      driftmark: {
        verdict,
        valid: validity.valid,
        recall_is: checkpoint === null ? 'live, lower end' : 'last checkpoint, lower end',
        recall_live: recall?.live ?? null,
        ingest_to_searchable_seconds: ingestToSearchable && {
          label: ingestToSearchable.label,
          p50: [
            seconds(ingestToSearchable.lower.p50) ?? null,
            seconds(ingestToSearchable.upper.p50) ?? null,
          ],
          p99: [
            seconds(ingestToSearchable.lower.p99) ?? null,
            seconds(ingestToSearchable.upper.p99) ?? null,
          ],
        },
        offered: validity.offered,
        trace: findings.run.trace,
      },
    },
  })
}

/** The rows that a run loads or writes: ids are dense from 0. */
const rowsOf = ({ trace: { ops, meta } }: View): number =>
  ops.ids.reduce((most, id) => Math.max(most, id + 1), meta.preload)

/** Milliseconds to seconds; undefined for what is not known or never ended. */
const seconds = (figure: Figure | undefined): number | undefined =>
  figure === undefined || figure === null || figure === Infinity ? undefined : figure / 1000

const p95Of = (view: View): number | undefined => {
  const { response } = timingsOf(view, (phase) => view.trace.meta.phases[phase]!.measured).get(
    'search',
  )!
  if (response.length < FEWEST_FOR_P95) return undefined
  const value = orderStatistic(response.slice().sort(), 950)
  return value === Infinity ? undefined : value / SECOND
}

/** Rows of inserts and updates that were acknowledged, and over how long. */
const insertsOf = (view: View) => {
  const { ops } = view.trace
  let rows = 0
  let from = Infinity
  let to = -Infinity
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== UPSERT || view.outcomeOf(op) !== OK) continue
    rows += ops.rows[op + 1]! - ops.rows[op]!
    from = Math.min(from, ops.at[op]!)
    to = Math.max(to, view.doneOf(op))
  }
  return rows === 0
    ? {}
    : { inserted_count: rows, insert_rows_per_second: (rows * SECOND) / Math.max(1, to - from) }
}

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>
