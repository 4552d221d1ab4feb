import { stream } from '../harness/model/index.ts'
import { lengthOf, type Matrix, matrix } from './matrix.ts'
import { chance } from './synthetic/chance.ts'
import { drawTurn } from './turn.ts'

/** What one embedding model makes of the rows and of the queries. */
export interface Embedded {
  readonly vectors: Matrix
  readonly queries: Matrix
}

/** How models 2 and 3 differ from model 1. */
export interface Remodelling {
  readonly seed: number
  readonly noise: number
  readonly dimensions2: number | null
  readonly dimensions3: number | null
}

/**
 * The first `count` of models 1, 2 and 3 of vectors that know one only. Another model is a rotation of the first, cut to its own
 * dimensions (as a random projection, scaled so that lengths are kept on average) or padded before it is turned, plus normal noise whose
 * length is a share of the vector's. Distances stay nearly as they were; coordinates have nothing in common.
 */
export const modelsOf = (first: Embedded, how: Remodelling, count: number): Embedded[] => {
  const { dimensions } = first.vectors
  const third = Math.max(2, Math.floor((dimensions * 3) / 4))
  const models = [first]
  if (count > 1) models.push(another(first, 2, how.dimensions2 ?? dimensions, how))
  if (count > 2) models.push(another(first, 3, how.dimensions3 ?? third, how))
  return models
}

const another = (
  { vectors, queries }: Embedded,
  model: number,
  dimensions: number,
  { seed, noise }: Remodelling,
): Embedded => {
  const turned = Math.max(vectors.dimensions, dimensions)
  const turn = drawTurn(stream(seed, 'turn', model), turned)
  const work = new Float64Array(turned)
  const stretch = Math.sqrt(turned / dimensions)
  const remodel = (source: Matrix, name: string): Matrix => {
    const { normal } = chance(seed, 'noise', model, name)
    const target = matrix(source.count, dimensions)
    for (let i = 0; i < source.count; i++) {
      work.fill(0)
      work.set(source.at(i))
      const size = (noise * lengthOf(work)) / Math.sqrt(dimensions)
      turn(work)
      const into = target.at(i)
      for (let j = 0; j < dimensions; j++) into[j] = work[j]! * stretch + size * normal()
    }
    return target
  }
  return { vectors: remodel(vectors, 'vectors'), queries: remodel(queries, 'queries') }
}
