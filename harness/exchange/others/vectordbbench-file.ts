import { z } from 'zod'

const numbers = z.array(z.number()).default([])

/** What is read of a result file of VectorDBBench, at any of its versions; the rest may be anything. */
export const RESULT_FILE = z.looseObject({
  run_id: z.string(),
  task_label: z.string().optional(),
  timestamp: z.number().nullish(),
  results: z.array(
    z.looseObject({
      label: z.string().default(':)'),
      metrics: z.object({
        qps: z.number().optional(),
        recall: z.number().optional(),
        ndcg: z.number().optional(),
        mrr: z.number().optional(),
        serial_latency_p99: z.number().optional(),
        serial_latency_p95: z.number().optional(),
        load_duration: z.number().optional(),
        insert_duration: z.number().optional(),
        optimize_duration: z.number().optional(),
        max_load_count: z.number().optional(),
        inserted_count: z.number().optional(),
        insert_rows_per_second: z.number().optional(),
        insert_completion_seconds: z.number().optional(),
        searchable_after_insert_seconds: z.number().optional(),
        indexed_after_searchable_seconds: z.number().optional(),
        conc_num_list: numbers,
        conc_qps_list: numbers,
        conc_latency_p99_list: numbers,
        st_ideal_insert_duration: z.number().optional(),
        st_search_stage_list: numbers,
        st_recall_list: numbers,
        st_max_qps_list_list: numbers,
        st_serial_latency_p99_list: numbers,
      }),
      task_config: z.looseObject({
        db: z.string(),
        db_config: z.looseObject({
          db_label: z.string().default(''),
          version: z.string().default(''),
        }),
        db_case_config: z.looseObject({}).nullish(),
        case_config: z.looseObject({
          case_id: z.number(),
          k: z.number().nullish(),
          custom_case: z.looseObject({}).nullish(),
        }),
      }),
    }),
  ),
})
type File = z.infer<typeof RESULT_FILE>
export type Case = File['results'][number]
export type Metrics = Case['metrics']
