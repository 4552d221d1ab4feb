import type { Others, OthersFigure, OthersResult, OthersWarning } from '../../model/index.ts'
import { settingsOf } from './settings.ts'
import { type Case, type Metrics, RESULT_FILE } from './vectordbbench-file.ts'
import { aboveOne, insertShortfall, samplesOfP99 } from './warnings.ts'

type Scalar = Exclude<keyof Metrics, `${string}_list` | `st_${string}`>

const CLOSED = 'from send, closed loop'
/** Metric → unit and definition; 0 is how that tool writes that it did not measure something. */
const SCALARS: readonly (readonly [Scalar, string, string])[] = [
  ['qps', '1/s', 'the highest rate over all numbers of workers, closed loop'],
  ['serial_latency_p99', 's', `one search at a time, ${CLOSED}`],
  ['serial_latency_p95', 's', `one search at a time, ${CLOSED}`],
  ['recall', '', 'share of the k neighbours in a static file that were returned'],
  ['ndcg', '', 'against a static file of neighbours'],
  ['mrr', '', 'against a static file of neighbours'],
  ['load_duration', 's', 'insert and optimise, one bulk load'],
  ['insert_duration', 's', 'until the last insert was answered'],
  ['optimize_duration', 's', 'building the index after the inserts'],
  ['max_load_count', 'rows', 'inserted until a failure or a time-out'],
  ['inserted_count', 'rows', 'one bulk load'],
  ['insert_rows_per_second', 'rows/s', 'one bulk load'],
  ['insert_completion_seconds', 's', 'one bulk load'],
  [
    'searchable_after_insert_seconds',
    's',
    'a bulk load, polled every 5 s, from the first poll; 0 where the client does not look',
  ],
  [
    'indexed_after_searchable_seconds',
    's',
    'a bulk load, polled every 5 s; 0 where the client does not look',
  ],
]

/** Takes a VectorDBBench result document apart. Throws z.ZodError where it is none. */
export const fromVectorDbBench = (document: unknown, file: string): Others => {
  const { run_id, timestamp, results } = RESULT_FILE.parse(document)
  return {
    format: 'driftmark-others/1',
    source: {
      tool: 'VectorDBBench',
      file,
      run: run_id,
      when: timestamp ? new Date(timestamp * 1000).toISOString() : null,
    },
    results: results.map(resultOf),
  }
}

const resultOf = (one: Case): OthersResult => {
  const { db, db_config, db_case_config, case_config } = one.task_config
  const { metrics } = one
  const streaming = metrics.st_search_stage_list.length > 0
  const figures = [
    ...scalarsOf(metrics),
    ...(streaming ? stagesOf(metrics) : concurrencyOf(metrics)),
  ]
  const { dataset_with_size_type: size, dataset_config: _, ...rest } = case_config.custom_case ?? {}
  const rate = Number(rest.insert_rate ?? Number.NaN)
  return {
    product: [db, db_config.db_label].filter(Boolean).join(' '),
    version: db_config.version || null,
    dataset: typeof size === 'string' ? size : null,
    k: case_config.k ?? null,
    kind: streaming ? `streaming, case ${case_config.case_id}` : `case ${case_config.case_id}`,
    settings: settingsOf({ ...db_case_config, ...rest }),
    figures,
    warnings: [
      ...labelWarning(one.label),
      ...aboveOne(figures),
      ...(rate > 0 && metrics.st_ideal_insert_duration && metrics.insert_duration
        ? insertShortfall(rate, metrics.st_ideal_insert_duration, metrics.insert_duration)
        : []),
      ...(figures.some(({ name }) => name.includes('p99')) ? samplesOfP99(null) : []),
    ],
  }
}

const scalarsOf = (metrics: Metrics): readonly OthersFigure[] =>
  SCALARS.flatMap(([name, unit, definition]) => {
    const value = metrics[name]
    return value ? [{ name, value, unit, definition }] : []
  })

const concurrencyOf = (metrics: Metrics): readonly OthersFigure[] => {
  const at = metrics.conc_num_list.map((workers) => `${workers} workers`)
  return [
    ...listOf('conc_qps', metrics.conc_qps_list, at, '1/s', 'closed loop'),
    ...listOf('conc_latency_p99', metrics.conc_latency_p99_list, at, 's', CLOSED),
  ]
}

/** `adjusted_recall` is not in the file: it is what that tool's page makes of it, computed here again. */
const stagesOf = (metrics: Metrics): readonly OthersFigure[] => {
  const stages = metrics.st_search_stage_list
  const at = stages.map((stage) => (stage > 100 ? 'after optimise' : `${stage} % inserted`))
  const adjusted = metrics.st_recall_list.map(
    (recall, i) => Math.round((recall / Math.min(stages[i] ?? 100, 100)) * 1e6) / 1e4,
  )
  return [
    ...listOf(
      'st_recall',
      metrics.st_recall_list,
      at,
      '',
      'against the neighbours in the whole data set',
    ),
    ...listOf(
      'adjusted_recall',
      adjusted,
      at,
      '',
      'computed here as their page does: st_recall over the nominal share inserted; not recall@k of the rows that were there',
    ),
    ...listOf('st_max_qps', metrics.st_max_qps_list_list, at, '1/s', 'closed loop'),
    ...listOf(
      'st_serial_latency_p99',
      metrics.st_serial_latency_p99_list,
      at,
      's',
      `one search at a time, ${CLOSED}`,
    ),
  ]
}

/** The figures of a list whose entry i was taken `at[i]`. */
const listOf = (
  name: string,
  values: readonly number[],
  at: readonly string[],
  unit: string,
  definition: string,
): readonly OthersFigure[] =>
  at.flatMap((where, i) => {
    const value = values[i]
    return value === undefined ? [] : [{ name: `${name}, ${where}`, value, unit, definition }]
  })

const labelWarning = (label: string): readonly OthersWarning[] =>
  label === ':)'
    ? []
    : [
        {
          code: 'not-normal',
          text: `the tool itself labels this result "${label}": failed, or out of range`,
        },
      ]
