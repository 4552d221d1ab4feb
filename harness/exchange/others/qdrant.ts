import { z } from 'zod'
import type { Others, OthersFigure, OthersResult, OthersWarning } from '../../model/index.ts'
import { settingsOf } from './settings.ts'
import { aboveOne, samplesOfP99 } from './warnings.ts'

/** What is read of a result file of qdrant/vector-db-benchmark, of an upload or of searches. */
const RESULT_FILE = z.looseObject({
  params: z.looseObject({
    dataset: z.string(),
    experiment: z.string(),
    engine: z.string(),
    parallel: z.number().optional(),
    top: z.number().nullish(),
  }),
  results: z.object({
    total_time: z.number(),
    upload_time: z.number().optional(),
    rps: z.number().optional(),
    mean_precisions: z.number().optional(),
    mean_time: z.number().optional(),
    std_time: z.number().optional(),
    min_time: z.number().optional(),
    max_time: z.number().optional(),
    p50_time: z.number().optional(),
    p95_time: z.number().optional(),
    p99_time: z.number().optional(),
    latencies: z.array(z.number()).optional(),
  }),
})
type Results = z.infer<typeof RESULT_FILE>['results']

const CLOSED = 'from send, closed loop'
const FIGURES: readonly (readonly [Exclude<keyof Results, 'latencies'>, string, string])[] = [
  ['rps', '1/s', 'answers over the whole time, closed loop'],
  [
    'mean_precisions',
    '',
    'share of the expected neighbours that were returned; 1 for a query that has none',
  ],
  ['mean_time', 's', CLOSED],
  ['std_time', 's', CLOSED],
  ['min_time', 's', CLOSED],
  ['max_time', 's', CLOSED],
  ['p50_time', 's', CLOSED],
  ['p95_time', 's', CLOSED],
  ['p99_time', 's', CLOSED],
  ['upload_time', 's', 'until the last batch was answered'],
  ['total_time', 's', 'of an upload: until the collection was ready; of searches: all of them'],
]

/** Takes a result document of qdrant/vector-db-benchmark apart. Throws z.ZodError where it is none. */
export const fromQdrantBenchmark = (document: unknown, file: string): Others => {
  const { params, results } = RESULT_FILE.parse(document)
  const { dataset, experiment, engine, top, ...settings } = params
  const figures = FIGURES.flatMap(([name, unit, definition]): OthersFigure[] => {
    const value = results[name]
    return value !== undefined ? [{ name, value, unit, definition }] : []
  })
  const result: OthersResult = {
    product: engine === experiment ? engine : `${engine} ${experiment}`,
    version: null,
    dataset,
    k: top ?? null,
    kind: results.upload_time === undefined ? 'search' : 'upload',
    settings: settingsOf(settings),
    figures,
    warnings: [
      ...aboveOne(figures),
      ...(results.p99_time === undefined ? [] : samplesOfP99(searchesOf(results))),
      ...moreThanWorkers(results, params.parallel),
    ],
  }
  const source = { tool: 'qdrant/vector-db-benchmark', file, run: experiment, when: null }
  return { format: 'driftmark-others/1', source, results: [result] }
}

/** How many were asked: told one by one, or by rate and time. */
const searchesOf = ({ latencies, rps, total_time }: Results): number | null =>
  latencies?.length ?? (rps === undefined ? null : Math.round(rps * total_time))

/** Little's law: a closed loop of n workers has at most n searches under way, rate × mean time of them. */
const moreThanWorkers = (
  { rps, mean_time }: Results,
  parallel: number | undefined,
): readonly OthersWarning[] => {
  if (rps === undefined || mean_time === undefined || parallel === undefined) return []
  const underWay = rps * mean_time
  if (underWay <= parallel * 1.01) return []
  const text = `rate and mean time make ${underWay.toFixed(1)} searches under way at once, and it had ${parallel} workers`
  return [{ code: 'more-than-workers', text }]
}
