import { setTimeout as sleep } from 'node:timers/promises'
import { PROBE, UPSERT } from '../../harness/model/index.ts'
import { type Logged, playKnown } from './known-run.ts'
import { loadRows, markedRow, ms, quantile, withRival } from './rival.ts'

const FLAWS = { delay: { lognormal: { p50: 15, p99: 80 } } }
const SCENARIO = `
name: freshness
dataset: { name: uniform, rows: 6000, dimensions: 16, queries: 200 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 1500
phases:
  - { name: steady, for: 12s, writes: { rate: 150/s }, searches: { rate: 150/s } }
probes: { share: 40%, first: 1ms, growth: 1.1, deadline: 4s, cap: 2000%, watch: 0% }
`
const POLL = 5_000
const POLLED = 6

/** Writes a marked row, asks at once, then every five seconds until a search returns it: seconds until it was seen. */
const pollRows = (): Promise<number[]> =>
  withRival(FLAWS, async (engine) => {
    await loadRows(engine, 1500)
    const seen: number[] = []
    for (let i = 0; i < POLLED; i++) {
      const row = markedRow(2_000 + i)
      const began = performance.now()
      await engine.upsert([row], AbortSignal.timeout(10_000))
      for (;;) {
        const hits = await engine.search(row.vector, 10, AbortSignal.timeout(10_000))
        if (hits.some(({ id }) => id === row.id)) break
        await sleep(POLL)
      }
      seen.push(performance.now() - began)
    }
    return seen
  })

/** Loads rows as one bulk and polls the number of rows: how long until it is complete, as a readiness check has it. */
const pollCount = (): Promise<number> =>
  withRival(FLAWS, async (engine) => {
    const signal = AbortSignal.timeout(60_000)
    const rows = Array.from({ length: 500 }, (_, id) => markedRow(id))
    await engine.upsert(rows, signal)
    const began = performance.now()
    while ((await engine.count(signal)) < rows.length) await sleep(POLL)
    return performance.now() - began
  })

/** How long until a write is searchable: lines of a Markdown table. */
export const freshness = async (): Promise<string[]> => {
  const { findings, run, log } = await playKnown(SCENARIO, FLAWS)
  const { ops } = run.trace
  const due = new Map<number, number>()
  const isProbed = new Set<number>()
  for (let i = 0; i < ops.count; i++) {
    for (let at = ops.rows[i]!; at < ops.rows[i + 1]!; at++) {
      if (ops.kind[i] === UPSERT) due.set(ops.ids[at]!, ops.at[i]!)
      if (ops.kind[i] === PROBE) isProbed.add(ops.ids[at]!)
    }
  }
  const origin = run.history.origin ?? Number.NaN
  const written = log.filter(({ event, id }) => event === 'upsert' && due.has(id))
  const truthOf = (rows: readonly Logged[]): number[] =>
    rows.map(({ id, visible }) =>
      visible === null ? Infinity : (visible - origin - due.get(id)!) / 1000,
    )
  const truth = truthOf(written)
  const truthOfProbed = truthOf(written.filter(({ id }) => isProbed.has(id)))
  const polled = await pollRows()
  const counted = await pollCount()
  const { lower, upper, probed } = findings.ingestToSearchable!
  const interval = (p: 'p50' | 'p99') => `${ms(lower.ci95[p]?.[0])} … ${ms(upper.ci95[p]?.[1])}`
  return [
    '| asked by | p50 | p99 | from |',
    '|---|---|---|---|',
    `| **the engine's own log (truth)** | ${ms(quantile(truth, 0.5))} | ${ms(quantile(truth, 0.99))} | all ${truth.length} writes |`,
    `| the log, of those that driftmark probed | ${ms(quantile(truthOfProbed, 0.5))} | ${ms(quantile(truthOfProbed, 0.99))} | ${truthOfProbed.length} writes |`,
    `| driftmark | ${ms(lower.p50)} … ${ms(upper.p50)} | ${ms(lower.p99)} … ${ms(upper.p99)} | the ${probed} probed writes |`,
    `| driftmark, 95 % interval | ${interval('p50')} | ${interval('p99')} | for all writes |`,
    `| a marked row, polled every 5 s | ${ms(quantile(polled, 0.5))} | ${ms(Math.max(...polled))} (the largest: no p99 of so few) | ${polled.length} writes |`,
    `| the number of rows, polled every 5 s after a bulk load | ${ms(counted)} | – | 1 load of 500 rows |`,
  ]
}
