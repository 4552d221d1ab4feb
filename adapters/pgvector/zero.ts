import { refusal, type Stored } from '../../harness/model/index.ts'
import type { Shape } from './shape.ts'

/** Refuses zero vectors under cosine: pgvector stores such a row but never indexes it, and no distance to it is defined. */
export const refuseZero = (
  { metric }: Pick<Shape, 'metric'>,
  vectors: Iterable<Float32Array>,
): void => {
  if (metric !== 'cosine') return
  for (const vector of vectors)
    if (vector.every((x) => x === 0))
      throw refusal('pgvector: a zero vector has no cosine distance')
}

/** The same batches, each checked as it passes. */
export async function* checkedForZero(
  shape: Pick<Shape, 'metric'>,
  batches: AsyncIterable<readonly Stored[]>,
): AsyncGenerator<readonly Stored[]> {
  for await (const rows of batches) {
    refuseZero(
      shape,
      rows.map(({ vector }) => vector),
    )
    yield rows
  }
}
