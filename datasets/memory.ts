import type { Dataset, DatasetSource, Model } from '../harness/model/index.ts'
import { nearestOfDrawn } from './clusters.ts'
import { blocksOf, fingerprint } from './fingerprint.ts'
import { type Matrix, matrix } from './matrix.ts'

/** What a dataset in memory is made of. */
export interface Contents {
  readonly name: string
  readonly rows: number
  readonly revisions: number
  readonly models: readonly { readonly vectors: Matrix; readonly queries: Matrix }[]
  /** Cluster of each row; without them, the nearest of 32 drawn rows. */
  readonly labels?: Uint32Array<SharedArrayBuffer>
  readonly texts?: readonly string[]
  readonly origins?: readonly string[]
  /** Values of the parameters and version of the generator: both enter the fingerprint. */
  readonly made: Readonly<Record<string, number | null>>
}

/** As structured cloning carries it: the shared memory itself is handed over, not copied. */
interface MemorySource extends DatasetSource {
  readonly kind: 'memory'
  readonly name: string
  readonly fingerprint: string
  readonly rows: number
  readonly revisions: number
  readonly models: readonly {
    readonly dimensions: number
    readonly queryCount: number
    readonly vectors: SharedArrayBuffer
    readonly queries: SharedArrayBuffer
  }[]
  readonly labels: SharedArrayBuffer | null
  readonly texts: readonly string[] | null
  readonly origins: readonly string[] | null
}

/** The dataset of these contents, with its fingerprint. */
export const datasetOf = (contents: Contents): Dataset => {
  const { name, rows, revisions, models, labels, texts, origins } = contents
  const source: MemorySource = {
    kind: 'memory',
    name,
    fingerprint: fingerprintOf(contents),
    rows,
    revisions,
    models: models.map(({ vectors, queries }) => ({
      dimensions: vectors.dimensions,
      queryCount: queries.count,
      vectors: vectors.values.buffer,
      queries: queries.values.buffer,
    })),
    labels: labels?.buffer ?? null,
    texts: texts ?? null,
    origins: origins ?? null,
  }
  return fromMemory(source)
}

/** The dataset that a source of kind `memory` describes; nothing is copied. */
export const fromMemory = (source: DatasetSource): Dataset => {
  const { name, fingerprint, rows, revisions, labels, texts, origins, ...rest } =
    source as MemorySource
  const models = rest.models.map(
    ({ dimensions, queryCount, vectors, queries }): Model => ({
      dimensions,
      vectors: matrix(rows * revisions, dimensions, vectors),
      queries: matrix(queryCount, dimensions, queries),
    }),
  )
  const clusters = labels === null ? null : new Uint32Array(labels)
  return {
    name,
    fingerprint,
    rows,
    revisions,
    models,
    cluster: clusters === null ? nearestOfDrawn(models[0]!.vectors, rows) : (id) => clusters[id]!,
    ...(texts === null ? {} : { text: (id: number) => texts[id]! }),
    ...(origins === null ? {} : { origin: (id: number) => origins[id]! }),
    source,
  }
}

const fingerprintOf = ({ name, rows, revisions, models, labels, made }: Contents): string => {
  const memory: { readonly buffer: SharedArrayBuffer }[] = models.flatMap(
    ({ vectors, queries }) => [vectors.values, queries.values],
  )
  const shape = models.map(({ vectors, queries }) => ({
    dimensions: vectors.dimensions,
    queries: queries.count,
  }))
  if (labels !== undefined) memory.push(labels)
  return fingerprint({ name, rows, revisions, models: shape, made }, bytesOf(memory))
}

function* bytesOf(memory: readonly { readonly buffer: SharedArrayBuffer }[]) {
  for (const { buffer } of memory) yield* blocksOf(buffer)
}
