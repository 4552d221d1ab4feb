import { type Dataset, type Model, stream, type Vectors } from '../model/index.ts'

/** A matrix in memory. */
const matrix = (count: number, dimensions: number, seed: number, name: string): Vectors => {
  const rng = stream(seed, name)
  const values = Float32Array.from({ length: count * dimensions }, () => rng.normal())
  return {
    count,
    dimensions,
    at: (index) => values.subarray(index * dimensions, (index + 1) * dimensions),
    slice: (from, to) => values.slice(from * dimensions, to * dimensions),
  }
}

/** A small dataset for tests of compile: independent normal vectors, clusters by id modulo 10. */
export const fakeDataset = ({
  rows = 2_000,
  revisions = 1,
  dimensions = [4, 4],
  queries = 20,
  seed = 1,
}: {
  rows?: number
  revisions?: number
  dimensions?: readonly number[]
  queries?: number
  seed?: number
} = {}): Dataset => ({
  name: 'fake',
  fingerprint: `sha256:fake-${rows}-${revisions}-${dimensions}-${queries}-${seed}`,
  rows,
  revisions,
  models: dimensions.map(
    (width, i): Model => ({
      dimensions: width,
      vectors: matrix(rows * revisions, width, seed, `vectors/${i}`),
      queries: matrix(queries, width, seed, `queries/${i}`),
    }),
  ),
  cluster: (id) => id % 10,
  source: { kind: 'memory' },
})
