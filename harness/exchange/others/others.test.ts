import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OthersFigure } from '../../model/index.ts'
import { readOthers } from './read.ts'

/** A streaming result as VectorDBBench writes it, cut to what is read and some of what is not. */
const streaming = (metrics: object = {}, custom: object = {}) => ({
  run_id: 'd60a',
  task_label: 'standard',
  timestamp: 1_737_676_800,
  results: [
    {
      label: ':)',
      metrics: {
        qps: 0,
        recall: 0,
        insert_duration: 18_420,
        st_ideal_insert_duration: 10_000,
        st_search_stage_list: [10, 50, 100, 110],
        st_recall_list: [0.1007, 0.4826, 0.9025, 0.9028],
        st_max_qps_list_list: [331, 392, 1092, 1125],
        st_serial_latency_p99_list: [0.315, 2.3238, 6.9972, 0.014],
        ...metrics,
      },
      task_config: {
        db: 'Pinecone',
        db_config: { db_label: 'p2.x8', version: 'v2025.1', api_key: '**********' },
        db_case_config: { null: null },
        case_config: {
          case_id: 200,
          k: 100,
          custom_case: { dataset_with_size_type: 'Large', insert_rate: 1000, ...custom },
        },
      },
    },
  ],
})
const performance = (metrics: object, label = ':)') => {
  const document = streaming({ st_search_stage_list: [], ...metrics })
  return { ...document, results: document.results.map((result) => ({ ...result, label })) }
}
const searched = (results: object = {}, params: object = {}) => ({
  params: { dataset: 'glove', experiment: 'm-16', engine: 'qdrant', parallel: 8, ...params },
  results: {
    total_time: 10,
    rps: 100,
    mean_time: 0.05,
    p99_time: 0.09,
    mean_precisions: 0.99,
    ...results,
  },
})

const read = (document: object) => readOthers(JSON.stringify(document), 'a/b/result.json')
const only = (document: object) => read(document).results[0]!
const figureOf = (figures: readonly OthersFigure[], name: string) =>
  figures.find((figure) => figure.name === name)?.value
const codes = (document: object): string[] => only(document).warnings.map(({ code }) => code)

test('a VectorDBBench result keeps its own names, says how each was counted, and leaves out what it did not measure', () => {
  const { source } = read(streaming())
  assert.deepEqual(source, {
    tool: 'VectorDBBench',
    file: 'result.json',
    run: 'd60a',
    when: '2025-01-24T00:00:00.000Z',
  })
  const { figures, product, version, k, kind } = only(streaming())
  assert.deepEqual(
    [product, version, k, kind],
    ['Pinecone p2.x8', 'v2025.1', 100, 'streaming, case 200'],
  )
  assert.equal(figureOf(figures, 'st_recall, 10 % inserted'), 0.1007)
  assert.equal(figureOf(figures, 'st_serial_latency_p99, after optimise'), 0.014)
  assert.equal(figureOf(figures, 'qps'), undefined)
  assert.ok(figures.every(({ definition }) => definition !== ''))
})

test('adjusted recall is computed again as its page does; above 1 it is told', () => {
  const { figures, warnings } = only(streaming())
  assert.equal(figureOf(figures, 'adjusted_recall, 10 % inserted'), 1.007)
  assert.equal(figureOf(figures, 'adjusted_recall, 50 % inserted'), 0.9652)
  assert.equal(figureOf(figures, 'adjusted_recall, after optimise'), 0.9028)
  assert.match(
    warnings.find(({ code }) => code === 'recall-above-one')!.text,
    /10 % inserted: 1\.007/,
  )
  assert.ok(!codes(streaming({ st_recall_list: [0.1, 0.5, 1, 1] })).includes('recall-above-one'))
})

test('a rate that was not reached, or was passed, is told', () => {
  const told = only(streaming()).warnings.find(({ code }) => code === 'insert-shortfall')
  assert.match(told!.text, /543 rows a second were inserted under the label 1000/)
  assert.ok(codes(streaming({ insert_duration: 6900 })).includes('insert-too-fast'))
  const kept = codes(streaming({ insert_duration: 10_050 }))
  assert.ok(!kept.some((code) => code.startsWith('insert-')))
})

test('a performance case: figures by number of workers; a result that its tool calls failed says so', () => {
  const document = performance(
    {
      qps: 80,
      insert_duration: 0,
      conc_num_list: [1, 5],
      conc_qps_list: [9, 45],
      conc_latency_p99_list: [0.01, 0.02],
    },
    'x',
  )
  const { figures, kind } = only(document)
  assert.equal(kind, 'case 200')
  assert.equal(figureOf(figures, 'conc_latency_p99, 5 workers'), 0.02)
  assert.deepEqual(codes(document), ['not-normal', 'samples-untold'])
})

test('a qdrant benchmark result; its sums are done again', () => {
  const { figures, dataset, k, settings } = only(searched())
  assert.deepEqual([dataset, k, settings], ['glove', null, 'parallel=8'])
  assert.equal(figureOf(figures, 'p99_time'), 0.09)
  assert.deepEqual(codes(searched()), [])
  assert.deepEqual(codes(searched({ rps: 36.7 })), ['few-samples'])
  assert.deepEqual(codes(searched({ latencies: [0.1, 0.2] })), ['few-samples'])
  assert.deepEqual(codes(searched({ mean_precisions: 1.01 })), ['recall-above-one'])
  assert.deepEqual(codes(searched({ mean_time: 0.2 })), ['more-than-workers'])
  assert.equal(
    only({ params: searched().params, results: { upload_time: 4, total_time: 9, post_upload: {} } })
      .kind,
    'upload',
  )
})

test('what import wrote is read back as it is', () => {
  for (const document of [streaming(), searched()])
    assert.deepEqual(read(read(document)), read(document))
})

test('a damaged or foreign file is refused with the place in it and the reason', () => {
  const refused = (text: string, message: RegExp) =>
    assert.throws(() => readOthers(text, 'r.json'), { code: 'OTHERS_FILE', message })
  refused('{"run_id":\n 1,,', /r\.json are refused at line 2, column 4: /)
  refused('', /refused at line 1, column 1: /)
  refused('[1]', /at its outermost level: .*neither VectorDBBench/)
  refused('null', /at its outermost level/)
  refused(
    JSON.stringify(streaming({ st_recall_list: [0.1, 'x'] })),
    /at results\.0\.metrics\.st_recall_list\.1: .*expected number/,
  )
  refused(JSON.stringify(searched({ rps: 'many' })), /at results\.rps: /)
  refused(JSON.stringify({ ...read(searched()), format: 'driftmark-others/2' }), /at format: /)
})
