import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type HitLiteral,
  type OpLiteral,
  type RunLiteral,
  runOf,
  search,
  upsert,
} from './run.fixture.ts'
import { truthFindings } from './truth.ts'
import { viewOf } from './view.ts'

/** The new model turns the line round: row i lies at i in model 1, at 3 − i in model 2; both models' query is 0. */
const mixed: Partial<RunLiteral> = {
  preload: 4,
  vectors: [
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
    ],
    [
      [3, 0],
      [2, 0],
      [1, 0],
      [0, 0],
    ],
  ],
  queries: [[[0, 0]], [[0, 0]]],
  scenario: {
    preload: 4,
    reembed: { to: 2, style: 'in-place', rate: 1, at: 0, order: 'random', queries: 'end' },
  },
  meta: { dimensions: [2, 2] },
}
const qualityOf = (ops: readonly OpLiteral[], more: Partial<RunLiteral> = mixed) => {
  const { answerQuality, recall } = truthFindings(viewOf(runOf({ ops, ...more })), []).whole
  return { ...answerQuality, recall: recall!.live.high }
}
const asked = (model: number, hits: readonly HitLiteral[]) => search(500, 0, hits, {}, { model })

test('before anything is re-embedded nothing is mixed', () => {
  assert.deepEqual(
    qualityOf([
      asked(1, [
        [0, 0],
        [1, 0],
      ]),
    ]),
    { value: 1, priceOfMixing: 0, recall: 1 },
  )
})

test('half way exact search finds what is stored and still misses what the user wants', () => {
  // rows 3 and 2 are re-embedded: stored at 0, 1, 1, 0
  const ops = [
    upsert(0, [
      [3, 1],
      [2, 1],
    ]),
  ]
  const found = qualityOf([
    ...ops,
    asked(1, [
      [0, 0],
      [3, 1],
    ]),
  ])
  assert.deepEqual(found, { value: 0.5, priceOfMixing: 0.5, recall: 1 })
  const lucky = qualityOf([
    ...ops,
    asked(1, [
      [0, 0],
      [1, 0],
    ]),
  ])
  assert.deepEqual(lucky, { value: 1, priceOfMixing: 0.5, recall: 0.5 })
})

test('the right rows are those in the version of the query', () => {
  const ops = [
    upsert(0, [
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
    ]),
    asked(2, [
      [3, 1],
      [2, 1],
    ]),
  ]
  assert.deepEqual(qualityOf(ops), { value: 1, priceOfMixing: 0, recall: 1 })
})

test('a re-embedding in flight changes no row’s place in the query’s version', () => {
  const ops = [
    upsert(0, [[0, 1]], { done: 900 }),
    asked(1, [
      [0, 0],
      [1, 0],
    ]),
  ]
  assert.deepEqual(qualityOf(ops), { value: 1, priceOfMixing: 0, recall: 1 })
})

test('a run that does not re-embed in place has none', () => {
  const { scenario: _, ...plain } = mixed
  const run = runOf({
    ops: [
      asked(1, [
        [0, 0],
        [1, 0],
      ]),
    ],
    ...plain,
  })
  assert.equal(truthFindings(viewOf(run), []).whole.answerQuality, null)
})
