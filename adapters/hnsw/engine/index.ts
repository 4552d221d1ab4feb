/** The in-house engine: the paper's algorithms, one file each. It imports nothing outside this folder. */
export type { Metric } from './distance.ts'
export type { Parameters } from './graph.ts'
export { createHnsw, type Hits, type Hnsw } from './hnsw.ts'

/** Changes whenever answers or timings may. */
export const ENGINE_VERSION = '1.0.0'
