import type { Hit, Metric, Stored } from '../../harness/model/index.ts'
import { type Bench, having, printed } from './bench.ts'
import { claim, unsupported } from './claim.ts'
import { distance, rowsOf, truth, vectorOf } from './rows.ts'
import type { Case } from './table.ts'

/** Room for float32 sums, half-precision storage and quantised distances. */
const ROUNDING = 1e-3
/** An index may be approximate; among sixty rows it may not miss more than this. */
const LEAST_OVERLAP = 0.8

const checkOrder = (
  metric: Metric,
  query: Float32Array,
  rows: readonly Stored[],
  hits: readonly Hit[],
) => {
  const far = hits.map(({ id }) => {
    const row = rows.find((row) => row.id === id)
    claim(row !== undefined, `the answer holds row ${id}, which was never stored`)
    return distance(metric, query, row.vector)
  })
  for (const [i, value] of far.entries()) {
    const before = far[i - 1] ?? Number.NEGATIVE_INFINITY
    const room = ROUNDING * Math.max(1, Math.abs(value))
    claim(
      before <= value + room,
      `under ${metric} place ${i} is nearer (${value}) than the place before it (${before})`,
    )
  }
}

/** A metric that an engine has not it refuses by name. */
const openUnder = async (bench: Bench, metric: Metric) => {
  try {
    return await bench.open({ metric })
  } catch (error) {
    const { message } = error as Error
    if (metric === 'l2' || !message.includes(metric)) throw error
    throw unsupported(message)
  }
}

const nearestFirst = (metric: Metric): Case => ({
  name: `search returns the nearest rows, nearest first: ${metric}`,
  run: async (bench) => {
    const engine = await openUnder(bench, metric)
    const rows = rowsOf(60)
    await engine.upsert(rows, bench.signal())
    await bench.see(engine, everyRow(60))
    for (let q = 0; q < 5; q++) {
      const query = vectorOf('query', q)
      const hits = await engine.search(query, 10, bench.signal())
      claim(hits.length === 10, `k is 10 of 60 rows; the answer has ${hits.length}`)
      checkOrder(metric, query, rows, hits)
      const near = new Set(truth(rows, query, 10, metric))
      const found = hits.filter(({ id }) => near.has(id)).length
      claim(found >= 10 * LEAST_OVERLAP, `only ${found} of the 10 nearest rows were returned`)
    }
  },
})

/** Every row is returned when as many are asked for. */
const everyRow = (count: number) => ({
  vector: vectorOf('query', 0),
  k: count,
  expected: `all ${count} rows`,
  isMet: (hits: readonly Hit[]) => new Set(hits.map(({ id }) => id)).size === count,
})

const open20 = async (bench: Bench) => {
  const engine = await bench.open()
  await engine.upsert(rowsOf(20), bench.signal())
  await bench.see(engine, everyRow(20))
  return engine
}

/** What a search must return, and in which order. */
export const searches: readonly Case[] = [
  nearestFirst('l2'),
  nearestFirst('cosine'),
  nearestFirst('ip'),
  {
    name: 'k is obeyed',
    run: async (bench) => {
      const engine = await open20(bench)
      for (const k of [1, 3, 20]) {
        const hits = await engine.search(vectorOf('query', 1), k, bench.signal())
        claim(hits.length === k, `k is ${k} of 20 rows; the answer has ${hits.length}`)
      }
    },
  },
  {
    name: 'a k beyond the collection returns every row once',
    run: async (bench) => {
      const engine = await open20(bench)
      const hits = await engine.search(vectorOf('query', 1), 50, bench.signal())
      const ids = new Set(hits.map(({ id }) => id))
      claim(hits.length === 20 && ids.size === 20, `of 20 rows, k 50 returned ${printed(hits)}`)
    },
  },
  {
    name: 'an empty collection answers with no rows',
    run: async (bench) => {
      const engine = await bench.open()
      const hits = await engine.search(vectorOf('query', 1), 10, bench.signal())
      claim(hits.length === 0, `nothing was stored; a search returned ${printed(hits)}`)
    },
  },
  {
    name: 'a search effort is accepted',
    run: async (bench) => {
      const engine = await open20(bench)
      for (const effort of [10, 100]) {
        const hits = await engine.search(vectorOf('query', 1), 10, bench.signal(), effort)
        claim(hits.length === 10, `effort ${effort}, k 10: the answer has ${hits.length}`)
      }
    },
  },
  {
    name: 'exact returns what a full scan does',
    run: async (bench) => {
      const engine = having(await open20(bench), 'exact')
      for (let q = 0; q < 5; q++) {
        const query = vectorOf('query', q)
        const hits = await engine.exact(query, 10, bench.signal())
        const expected = truth(rowsOf(20), query, 10)
        claim(
          hits.length === 10 && hits.every(({ id }, i) => id === expected[i]),
          `exact should return ${expected.join(' ')}; it returned ${printed(hits)}`,
        )
      }
    },
  },
  {
    name: 'the stored version travels back',
    run: async (bench) => {
      const engine = await bench.open()
      const rows = rowsOf(5, 7)
      await bench.fill(engine, rows)
      const hits = await engine.search(rows[0]!.vector, 5, bench.signal())
      if (hits.every(({ version }) => version === undefined)) {
        throw unsupported(
          'hits carry no version: stale rows and update-to-visible are not measurable',
        )
      }
      claim(
        hits.every(({ version }) => version === 7),
        `every row was stored at version 7; a search returned ${printed(hits)}`,
      )
    },
  },
]
