import type { Findings } from '../harness/model/index.ts'
import { machineText } from '../reports/machine.ts'
import { median } from './machine.ts'
import { playText } from './play.ts'

/** Operations at a rate beside whatever probes they bring: a fifth writes, the rest searches, of an engine that keeps up. */
const scenario = (rate: number): string => `
name: lateness
about: ${rate} operations a second.
dataset: { name: clustered, rows: 12000, dimensions: 16, queries: 300 }
metric: l2
k: 10
index: { kind: hnsw, m: 8, efConstruction: 24, ef: 16 }
preload: 1000
phases:
  - { name: warm-up, for: 2s, measured: false, writes: { rate: 100/s }, searches: { rate: 900/s } }
  - { name: steady, for: 10s, writes: { rate: ${rate * 0.2}/s }, searches: { rate: ${rate * 0.8}/s } }
probes: { share: 10%, growth: 1.5, deadline: 5s, cap: 20%, watch: 0% }
`
const RUNS = 5
const CASES = [
  { senders: 1, rate: 1000 },
  { senders: 1, rate: 2000 },
  { senders: 2, rate: 2000 },
] as const
/** Of the median p99, in milliseconds. */
const BAR = 0.5

/**
 * Lateness (definitions §1), five runs on each engine at each rate and number of senders: prints p50 and p99 of each, what the machine
 * was busy with, why a run is not valid, and the median p99.
 */
export const measureLateness = async (): Promise<void> => {
  for (const target of ['sim', 'hnsw']) {
    for (const { senders, rate } of CASES) {
      const name = `lateness ${target}, ${rate} operations/s, ${senders} sender${senders > 1 ? 's' : ''}`
      const p99s: number[] = []
      for (let seed = 1; seed <= RUNS; seed++) {
        const { validity } = await playText(scenario(rate), target, seed, senders)
        p99s.push(validity.lateness.p99 ?? Number.NaN)
        console.log(`${name}, run ${seed}: ${said(validity)}`)
      }
      console.log(`${name}: median p99 ${median(p99s).toFixed(3)} ms (bar ${BAR} ms)`)
    }
  }
}

const said = ({ lateness, offered, valid, reasons, labels, machine }: Findings['validity']) => {
  const ms = (figure: number | null): string => `${figure?.toFixed(3) ?? 'unknown'} ms`
  const isWhole = Object.values(offered).every(
    (c) => c.offered === c.ok + c.fail + c.unknown + c.skipped,
  )
  const isSlow = labels.some(({ code }) => code === 'harness-too-slow')
  return [
    `p50 ${ms(lateness.p50)}, p99 ${ms(lateness.p99)}, max ${ms(lateness.max)}`,
    `${lateness.n} operations, ${isWhole ? 'every one accounted for' : 'OPERATIONS MISSING'}`,
    valid ? 'valid' : 'not valid',
    ...reasons.map(({ text }) => text),
    ...(isSlow ? ['latencies withheld: the harness was too slow'] : []),
    ...machineText(machine),
  ].join('; ')
}
