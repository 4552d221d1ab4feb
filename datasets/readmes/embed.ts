import { ln, stream } from '../../harness/model/index.ts'
import { lengthOf } from '../matrix.ts'
import type { Terms } from './encoders.ts'

/** Writes the unit vector of a text; false, and nothing written, if the text has no term that the rows have. */
export type Embed = (text: string, into: Float32Array) => boolean

export interface Embedding {
  readonly seed: number
  readonly model: number
  readonly dimensions: number
  readonly terms: (text: string) => Terms
}

/**
 * TF-IDF with the inverse document frequencies of `rows`, ln((1 + n)/(1 + df)) + 1, brought to few dimensions by a sparse
 * random projection and normalised. Source: Achlioptas, Database-friendly random projections (2003); Li, Hastie and
 * Church, Very sparse random projections (2006).
 */
export const tfIdf = (rows: readonly string[], embedding: Embedding): Embed => {
  const { dimensions, terms } = embedding
  const idf = inverseFrequencies(rows, terms)
  const projection = new Map<string, Uint16Array>()
  const sums = new Float64Array(2 * dimensions)
  const work = new Float64Array(dimensions)
  return (text, into) => {
    sums.fill(0)
    for (const [term, frequency] of terms(text)) {
      const weight = frequency * (idf.get(term) ?? 0)
      if (weight === 0) continue
      const places = projection.get(term) ?? drawPlaces(embedding, term)
      projection.set(term, places)
      for (let i = 0; i < places.length; i++) sums[places[i]!]! += weight
    }
    for (let i = 0; i < dimensions; i++) work[i] = sums[i]! - sums[dimensions + i]!
    const length = lengthOf(work)
    if (length === 0) return false
    for (let i = 0; i < dimensions; i++) into[i] = work[i]! / length
    return true
  }
}

const inverseFrequencies = (
  rows: readonly string[],
  terms: (text: string) => Terms,
): Map<string, number> => {
  const found = new Map<string, number>()
  for (const row of rows) {
    for (const term of terms(row).keys()) found.set(term, (found.get(term) ?? 0) + 1)
  }
  for (const [term, df] of found) found.set(term, ln((1 + rows.length) / (1 + df)) + 1)
  return found
}

/**
 * A term's row of the projection, the same whatever other terms there are: +1 and −1 with probability 1/8 each, else 0.
 * Only what is not 0 is kept: i for +1 in dimension i, and dimensions + i for −1, so that adding needs no branch.
 */
const drawPlaces = ({ seed, model, dimensions }: Embedding, term: string): Uint16Array => {
  const { uint32 } = stream(seed, 'projection', model, term)
  const places: number[] = []
  let bits = 0
  for (let i = 0; i < dimensions; i++) {
    bits = i % 10 === 0 ? uint32() : bits >>> 3
    const face = bits & 7
    if (face < 2) places.push(face === 0 ? i : dimensions + i)
  }
  return Uint16Array.from(places)
}
