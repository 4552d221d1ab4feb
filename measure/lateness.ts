import { median } from './machine.ts'
import { playText } from './play.ts'

/** 1,000 operations a second beside whatever probes they bring: half writes, half searches. */
const SCENARIO = `
name: lateness
about: A thousand operations a second.
dataset: { name: clustered, rows: 12000, dimensions: 32, queries: 300 }
metric: l2
k: 10
index: { kind: hnsw, m: 12, efConstruction: 40, ef: 24 }
preload: 2000
phases:
  - { name: warm-up, for: 2s, measured: false, writes: { rate: 100/s }, searches: { rate: 900/s } }
  - { name: steady, for: 10s, writes: { rate: 200/s }, searches: { rate: 800/s } }
probes: { share: 10%, growth: 1.5, deadline: 5s, cap: 20%, watch: 0% }
`
const RUNS = 5

/** Lateness of the sender, five runs on each engine: prints p50 and p99 of each and the median p99. */
export const measureLateness = async (): Promise<void> => {
  for (const target of ['sim', 'hnsw']) {
    const p99s: number[] = []
    for (let seed = 1; seed <= RUNS; seed++) {
      const { validity } = await playText(SCENARIO, target, seed)
      const { lateness, offered } = validity
      p99s.push(lateness.p99 ?? Number.NaN)
      const whole = Object.values(offered).every(
        (c) => c.offered === c.ok + c.fail + c.unknown + c.skipped,
      )
      console.log(
        `lateness ${target} run ${seed}: p50 ${lateness.p50?.toFixed(3)} ms, p99 ${lateness.p99?.toFixed(3)} ms, max ${lateness.max?.toFixed(2)} ms, ${lateness.n} operations, ${whole ? 'every operation accounted for' : 'OPERATIONS MISSING'}, ${validity.valid ? 'valid' : 'not valid'}`,
      )
    }
    console.log(`lateness ${target}: median p99 ${median(p99s).toFixed(3)} ms (bar 0.5 ms)`)
  }
}
