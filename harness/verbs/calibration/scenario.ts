/** What every case of the calibration plays; a case changes single values of it. Small, so that the sim keeps up on any machine. */
export const CALIBRATION = `
name: calibration
about: A known engine, measured to see whether the instrument tells the truth.
dataset: { name: uniform, rows: 12000, dimensions: 8, queries: 200, revisions: 1 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 1000
client: { timeout: 10s, inFlight: 20000, connections: 8 }
phases:
  - name: steady
    for: 2s
    writes: { rate: 200/s, mix: { insert: 1, update: 0, delete: 0 }, rest: 2s }
    searches: { rate: 100/s }
probes: { share: 100%, first: 1ms, growth: 1.1, deadline: 2s, cap: 4000%, watch: 0% }
`
