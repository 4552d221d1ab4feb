import { playKnown } from './known-run.ts'
import { loadRows, markedRow, ms, quantile, withRival } from './rival.ts'

const STALL = { every: 5_000, for: 1_000 }
const SECONDS = 20
const SCENARIO = `
name: stall
dataset: { name: uniform, rows: 1200, dimensions: 16, queries: 200 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 1000
phases:
  - { name: warm-up, for: 2s, measured: false, searches: { rate: 300/s } }
  - { name: steady, for: ${SECONDS}s, searches: { rate: 300/s, arrivals: poisson } }
`

/** Some clients, each asking again as soon as it has its answer, timed from its own sending. */
const closedLoop = (clients: number): Promise<number[]> =>
  withRival({ stall: STALL }, async (engine) => {
    await loadRows(engine, 1000)
    const took: number[] = []
    const end = performance.now() + SECONDS * 1000
    const client = async () => {
      for (let q = 0; performance.now() < end; q++) {
        const began = performance.now()
        await engine.search(markedRow(5_000 + (q % 200)).vector, 10, AbortSignal.timeout(10_000))
        took.push(performance.now() - began)
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
    return took
  })

/**
 * The time that a search which arrives at any instant has to wait: nothing, but for the share of arrivals that fall into a
 * stall, whose wait is uniform over the stall's length.
 */
const closedForm = (p: number): number => Math.max(0, STALL.for - (1 - p) * STALL.every)

/** How long a search takes where the engine stands still for a second in five: lines of a Markdown table. */
export const stall = async (): Promise<string[]> => {
  const { findings } = await playKnown(SCENARIO, { stall: STALL })
  const { response, service } = findings.latency.search!
  const one = await closedLoop(1)
  const eight = await closedLoop(8)
  const row = (name: string, of: (p: 'p50' | 'p90' | 'p99') => string, from: string) =>
    `| ${name} | ${of('p50')} | ${of('p90')} | ${of('p99')} | ${from} |`
  const P = { p50: 0.5, p90: 0.9, p99: 0.99 }
  return [
    '| asked by | p50 | p90 | p99 | from |',
    '|---|---|---|---|---|',
    row('**the closed form (truth)**', (p) => ms(closedForm(P[p])), 'arrivals at any instant'),
    row('driftmark, response time', (p) => ms(response[p]), `${response.n} searches at 300/s`),
    row('driftmark, service time (from sending)', (p) => ms(service[p]), `${service.n} searches`),
    row('a closed loop, one client', (p) => ms(quantile(one, P[p])), `${one.length} searches`),
    row(
      'a closed loop, eight clients',
      (p) => ms(quantile(eight, P[p])),
      `${eight.length} searches`,
    ),
  ]
}
