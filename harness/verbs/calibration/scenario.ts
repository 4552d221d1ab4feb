/** What every case of the calibration plays; a case changes single values of it. Small, so that the sim keeps up on any machine. */
export const CALIBRATION = `
name: calibration
about: A known engine, measured to see whether the instrument tells the truth.
dataset: { name: uniform, rows: 6000, dimensions: 16, queries: 200, revisions: 1 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 1500
client: { timeout: 10s, inFlight: 20000, connections: 8 }
phases:
  - name: steady
    for: 8s
    writes: { rate: 200/s, mix: { insert: 70, update: 0, delete: 30 }, rest: 4s }
    searches: { rate: 150/s }
probes: { share: 40%, first: 1ms, growth: 1.1, deadline: 4s, cap: 2000%, watch: 0% }
`
