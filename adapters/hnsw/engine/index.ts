/** The in-house engine: the paper's algorithms, one file each, in assembly/. It imports nothing outside this folder. */
export { check as checkEngine } from './engine.wasm.ts'
export {
  createHnsw,
  type Hits,
  type Hnsw,
  type Image,
  type Kind,
  type Metric,
  type Parameters,
  type Shape,
  type Stats,
} from './hnsw.ts'
export { attachHnsw, type HnswReader, type SharedIndex } from './reader.ts'
export { urgencyOf } from './urgency.ts'

/** Changes whenever answers or timings may. */
export const ENGINE_VERSION = '3.8.0'

/** Changes whenever what assembly/layout.ts and assembly/context.ts say does: an image of another one cannot be read. */
export const LAYOUT = 16
