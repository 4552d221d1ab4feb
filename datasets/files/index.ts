import { basename, resolve } from 'node:path'
import { problem } from '../../harness/errors.ts'
import type { Dataset, DatasetSource, Metric } from '../../harness/model/index.ts'
import { nearestOfDrawn } from '../clusters.ts'
import { fingerprint } from '../fingerprint.ts'
import { readParameters, SHARED } from '../parameters.ts'
import { checkedBytes } from './check.ts'
import { type Layout, layoutOf, refuse } from './layout.ts'
import { remembered } from './remembered.ts'
import { vectorsOf } from './vectors.ts'

interface FilesSource extends DatasetSource {
  readonly kind: 'files'
  readonly name: string
  readonly fingerprint: string
  readonly rows: number
  readonly revisions: number
  readonly models: readonly { readonly vectors: Layout; readonly queries: Layout }[]
}

type Given = Readonly<Record<string, string | number | undefined>>

const PARAMETERS = {
  dimensions: { ...SHARED.dimensions, initial: null, min: 1, max: 2 ** 32 - 1 },
  revisions: SHARED.revisions,
} as const

/**
 * The dataset of `path` and `queries` (model 1), `path2` and `queries2` (model 2), …, each file read once from end to end,
 * in pieces: NaN, zeros under cosine, and the fingerprint. Large files are known again (`remembered`). Throws DATASET_FILE, DATASET_PARAMETER, DATASET_PARAMETER_UNKNOWN.
 */
export const openFiles = (given: Given, metric: Metric, base: string): Dataset => {
  const { pairs, numbers } = splitKeys(given)
  const name = basename(pairs[0]!.path)
  const { dimensions, revisions } = readParameters(name, PARAMETERS, numbers)
  const models = pairs.map(({ path, queries }) => ({
    vectors: layoutOf(resolve(base, path)),
    queries: layoutOf(resolve(base, queries)),
  }))
  checkShapes(models, dimensions)
  const { count } = models[0]!.vectors
  if (count % revisions !== 0) {
    const allowed = `a divisor of the ${count} vectors of ${name}`
    const found = revisions
    throw problem('DATASET_PARAMETER', { dataset: name, parameter: 'revisions', found, allowed })
  }
  const rows = count / revisions
  const shape = models.map(({ vectors, queries }) => ({
    dimensions: vectors.dimensions,
    queries: queries.count,
  }))
  const files = models.flatMap(({ vectors, queries }) => [vectors, queries])
  const of = { name, rows, revisions, models: shape }
  const hash = remembered(
    files.map(({ path }) => path),
    { of, metric },
    () => fingerprint(of, contentsOf(files, metric)),
  )
  return fromFiles({ kind: 'files', name, fingerprint: hash, rows, revisions, models })
}

/** The dataset that a source of kind `files` describes; the files are opened again when they are read. */
export const fromFiles = (source: DatasetSource): Dataset => {
  const { name, fingerprint, rows, revisions, models } = source as FilesSource
  const opened = models.map(({ vectors, queries }) => ({
    dimensions: vectors.dimensions,
    vectors: vectorsOf(vectors),
    queries: vectorsOf(queries),
  }))
  const cluster = nearestOfDrawn(opened[0]!.vectors, rows)
  return { name, fingerprint, rows, revisions, models: opened, cluster, source }
}

/** Takes the pairs of files, in the order of the models, from the other keys. */
const splitKeys = (given: Given) => {
  const pairs: { path: string; queries: string }[] = []
  const numbers: Record<string, string | number | undefined> = { ...given }
  for (let model = 1; model === 1 || `path${model}` in numbers; model++) {
    const suffix = model === 1 ? '' : model
    const take = (key: string): string => {
      const found = numbers[key]
      delete numbers[key]
      if (typeof found === 'string' && found !== '') return found
      throw problem('DATASET_PARAMETER', {
        dataset: String(given.path ?? 'of files'),
        parameter: key,
        found: JSON.stringify(found) ?? 'missing',
        allowed: 'the path of a file',
      })
    }
    pairs.push({ path: take(`path${suffix}`), queries: take(`queries${suffix}`) })
  }
  return { pairs, numbers }
}

/** Every model has as many vectors and queries as the first, and queries of its vectors' dimension. */
const checkShapes = (models: FilesSource['models'], declared: number | null): void => {
  const first = models[0]!
  for (const [index, { vectors, queries }] of models.entries()) {
    const isDeclared = index === 0 && declared !== null
    const dimensions = isDeclared ? declared : vectors.dimensions
    for (const file of [vectors, queries]) {
      if (file.dimensions === dimensions) continue
      const why = `it has ${file.dimensions} dimensions, ${isDeclared ? 'declared are' : 'its rows have'} ${dimensions}`
      throw refuse(file.path, 0, 0, why)
    }
    for (const [file, like] of [
      [vectors, first.vectors],
      [queries, first.queries],
    ] as const) {
      if (file.count === like.count) continue
      const row = Math.min(file.count, like.count)
      const why = `it has ${file.count} rows, model 1 has ${like.count}`
      throw refuse(file.path, row, file.start + row * file.stride, why)
    }
  }
}

function* contentsOf(files: readonly Layout[], metric: Metric): Generator<Uint8Array> {
  for (const file of files) yield* checkedBytes(file, metric)
}
