import type { Dataset } from '../../harness/model/index.ts'
import { lengthOf, type Matrix, matrix } from '../matrix.ts'
import { datasetOf } from '../memory.ts'
import { modelsOf, type Remodelling } from '../remodel.ts'
import { chance } from './chance.ts'
import type { Law } from './laws.ts'

/** Counts up whenever the same parameters begin to give other vectors. */
const GENERATOR = 1

export interface Amounts extends Remodelling {
  readonly rows: number
  readonly dimensions: number
  readonly queries: number
  readonly revisions: number
  readonly models: number
  /** Length of the step from one revision to the next, as a share of the vector's length. */
  readonly edit: number
}

/** A dataset drawn from a law: row i at time i/rows, queries at times drawn evenly. `clustered`: the law tells clusters. */
export const generate = (
  name: string,
  law: Law,
  amounts: Amounts,
  { clustered }: { clustered: boolean },
): Dataset => {
  const { rows, dimensions, queries, revisions, models, seed } = amounts
  const labels = new Uint32Array(new SharedArrayBuffer(rows * 4))
  const vectors = matrix(rows * revisions, dimensions)
  const ofRows = chance(seed, 'rows')
  fill(vectors, rows, (id, work) => {
    labels[id] = law(ofRows, id / rows, work)
  })
  revise(vectors, amounts)
  const asked = matrix(queries, dimensions)
  const ofQueries = chance(seed, 'queries')
  fill(asked, queries, (_, work) => law(ofQueries, ofQueries.uniform(), work))
  const first = { vectors, queries: asked }
  return datasetOf({
    name,
    rows,
    revisions,
    models: modelsOf(first, amounts, models),
    ...(clustered ? { labels } : {}),
    made: { ...amounts, generator: GENERATOR },
  })
}

/** Draws the first `count` vectors; a zero vector, which has no direction, is drawn again. */
const fill = (
  into: Matrix,
  count: number,
  draw: (index: number, work: Float64Array) => void,
): void => {
  const work = new Float64Array(into.dimensions)
  for (let i = 0; i < count; i++) {
    const vector = into.at(i)
    do {
      draw(i, work)
      vector.set(work)
    } while (vector.every((x) => x === 0))
  }
}

/** Fills revisions 1, 2, …: each a normal step from the one before it. */
const revise = (vectors: Matrix, { rows, dimensions, revisions, edit, seed }: Amounts): void => {
  for (let revision = 1; revision < revisions; revision++) {
    const { normal } = chance(seed, 'revision', revision)
    for (let id = 0; id < rows; id++) {
      const before = vectors.at((revision - 1) * rows + id)
      const after = vectors.at(revision * rows + id)
      const step = (edit * lengthOf(before)) / Math.sqrt(dimensions)
      for (let j = 0; j < dimensions; j++) after[j] = before[j]! + step * normal()
    }
  }
}
