import { createHnsw, type Hnsw, type Image, LAYOUT, type Parameters } from './engine/index.ts'
import type { Settled } from './store/operation.ts'

const parametersOf = ({ dimensions, metric, m, efConstruction, seed }: Settled): Parameters => ({
  dimensions,
  metric,
  m,
  efConstruction,
  seed,
  selection: 'heuristic',
})

/** The index of a collection with these options: empty, or as it was when the image was taken, which has their signature. */
export const indexOf = (options: Settled, image?: Image): Hnsw =>
  createHnsw(parametersOf(options), options.kind, image)

/** What an image and the index that goes on from it must have in common. */
export const signatureOf = (options: Settled): string =>
  JSON.stringify({ layout: LAYOUT, ...parametersOf(options) })
