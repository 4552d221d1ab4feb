import { fileURLToPath } from 'node:url'
import { type Dataset, stream } from '../harness/model/index.ts'
import { layoutOf } from './files/layout.ts'
import { vectorsOf } from './files/vectors.ts'
import { type Matrix, matrix } from './matrix.ts'
import { datasetOf } from './memory.ts'
import { type Parameters, SHARED, type Values } from './parameters.ts'
import { modelsOf } from './remodel.ts'
import { shuffled } from './turn.ts'

const GENERATOR = 1

const { seed, dimensions2, dimensions3, noise } = SHARED

export const DIGITS = {
  rows: { about: 'Rows.', initial: 1500, min: 1, max: 1500 },
  queries: { about: 'Queries, held out.', initial: 297, min: 1, max: 297 },
  seed,
  dimensions2,
  dimensions3,
  noise,
} as const satisfies Parameters

/**
 * 1,797 handwritten digits of 8 × 8 pixels from 0 to 16 (Alpaydin and Kaynak 1998; data/LICENSE-digits.md): a drawn 297 are
 * the queries, the other 1,500 the rows, and the digit shown is the cluster.
 */
export const digits = (values: Values<typeof DIGITS>): Dataset => {
  const { rows, queries, seed } = values
  const images = data('digits.u8bin')
  const labels = data('digits-labels.u8bin')
  const order = shuffled(
    stream(seed, 'digits'),
    Array.from({ length: images.count }, (_, image) => image),
  )
  const pick = (chosen: readonly number[]): Matrix => {
    const into = matrix(chosen.length, images.dimensions)
    for (const [index, image] of chosen.entries()) into.at(index).set(images.at(image))
    return into
  }
  const held = order.slice(0, 297)
  const kept = order.slice(297, 297 + rows)
  const clusters = new Uint32Array(new SharedArrayBuffer(rows * 4))
  clusters.set(kept.map((image) => labels.at(image)[0]!))
  return datasetOf({
    name: 'digits',
    rows,
    revisions: 1,
    models: modelsOf({ vectors: pick(kept), queries: pick(held.slice(0, queries)) }, values, 3),
    labels: clusters,
    made: { ...values, generator: GENERATOR },
  })
}

/** A file of data/, which lies beside these sources and beside what is compiled from them. */
const data = (file: string) =>
  vectorsOf(layoutOf(fileURLToPath(new URL(`./data/${file}`, import.meta.url))))
