import {
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from '../../analysis/run.fixture.ts'

const checkpoint = (at: number) => ({
  phase: 0,
  from: (at - 1) * 1000,
  searches: at * 1000,
  to: (at + 5) * 1000,
  rebuild: false,
})
/** A run with a checkpoint at each of some instants; its queries are asked there once. */
export const checkedRun = (
  ops: readonly OpLiteral[],
  at: readonly number[],
  more: Partial<RunLiteral> = {},
) =>
  runOf({
    ops: [...ops, ...at.map((ms, c) => search(ms, 0, [], {}, { checkpoint: c }))],
    meta: { checkpoints: at.map(checkpoint) },
    preload: 3,
    revisions: 3,
    vectors: [Array.from({ length: 30 }, (_, i) => [i % 10, Math.floor(i / 10) / 8])],
    queries: [
      [
        [0, 0],
        [4, 1],
        [9, -1],
      ],
    ],
    ...more,
  })

/** Nothing assumed, nothing merged. */
export const strict = { assume: null, merge: false } as const
/** Inserts, updates and deletes of five rows, three of them loaded before. */
export const CHURN = [
  upsert(10, [
    [3, 0],
    [4, 0],
  ]),
  upsert(20, [[1, 1]]),
  remove(30, [0]),
  upsert(60, [[1, 2]]),
  remove(70, [3]),
]
