import { createHnsw, type Hnsw, type Image, LAYOUT, type Parameters } from './engine/index.ts'
import type { Settled } from './store/operation.ts'

/** Rows that may wait for their links in a tiered collection: a burst of so many is stored at once, and searches scan no more. */
export const HOT_ROWS = 256

const parametersOf = (options: Settled): Parameters => {
  const { kind, dimensions, metric, m, efConstruction, seed, alpha, tiered } = options
  const isTiered = kind === 'hnsw' && tiered === 'on'
  return {
    dimensions,
    metric,
    m,
    efConstruction,
    seed,
    selection: 'heuristic',
    alpha,
    ...(isTiered ? { hot: HOT_ROWS } : {}),
  }
}

/** The index of a collection with these options: empty, or as it was when the image was taken, which has their signature. */
export const indexOf = (options: Settled, image?: Image): Hnsw =>
  createHnsw(parametersOf(options), options.kind, image)

/** What an image and the index that goes on from it must have in common. */
export const signatureOf = (options: Settled): string =>
  JSON.stringify({ layout: LAYOUT, ...parametersOf(options) })
