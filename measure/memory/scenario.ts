/** Ten million operations: inserts, updates, deletes, searches, probes, checkpoints, over 2.5 million rows of 8 dimensions. */
export const TEN_MILLION = `
name: ten-million
about: Ten million operations.
dataset: { name: clustered, rows: 2600000, dimensions: 8, queries: 500, revisions: 2, models: 1 }
metric: l2
k: 10
preload: 400000
phases:
  - { name: warm-up, for: 60s, measured: false, writes: { rate: 2000/s }, searches: { rate: 2000/s } }
  - name: churn
    for: 2000s
    writes: { rate: 2000/s, mix: { insert: 50, update: 20, delete: 30 } }
    searches: { rate: 2000/s }
probes: { share: 2%, growth: 1.5, deadline: 10s, watch: 20% }
checkpoints: { every: 500s, rate: 500/s, rebuildControl: none }
`

/** Ten million operations of which nine are searches: a hundred million hits. */
export const NINE_SEARCHES = `
name: nine-searches
about: Nine million searches of ten hits among ten million operations.
dataset: { name: clustered, rows: 540000, dimensions: 8, queries: 500, revisions: 2, models: 1 }
metric: l2
k: 10
preload: 200000
phases:
  - { name: warm-up, for: 60s, measured: false, writes: { rate: 300/s }, searches: { rate: 4500/s } }
  - name: churn
    for: 2000s
    writes: { rate: 300/s, mix: { insert: 50, update: 20, delete: 30 } }
    searches: { rate: 4500/s }
probes: { share: 5%, growth: 1.5, deadline: 10s, watch: 20% }
checkpoints: { every: 500s, rate: 500/s, rebuildControl: none }
`

/** A hundred thousand operations at 2,000 a second, to be played in real time. */
export const LIVE = `
name: hundred-thousand
about: A hundred thousand operations in real time.
dataset: { name: clustered, rows: 40000, dimensions: 8, queries: 200, models: 1 }
metric: l2
k: 10
preload: 2000
phases:
  - name: steady
    for: 50s
    writes: { rate: 600/s, mix: { insert: 50, delete: 50 } }
    searches: { rate: 1400/s }
probes: { share: 1%, growth: 2, deadline: 5s, watch: 0% }
`
