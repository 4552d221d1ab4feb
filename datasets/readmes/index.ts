import { problem } from '../../harness/errors.ts'
import { type Dataset, stream } from '../../harness/model/index.ts'
import { type Matrix, matrix } from '../matrix.ts'
import { datasetOf } from '../memory.ts'
import { type Parameters, SHARED, type Values } from '../parameters.ts'
import { packageRoot } from '../root.ts'
import { shuffled } from '../turn.ts'
import { type Corpus, readCorpus, type Sourced } from './corpus.ts'
import { edited } from './edit.ts'
import { type Embed, tfIdf } from './embed.ts'
import { ENCODERS } from './encoders.ts'

/** Counts up whenever the same texts begin to give other vectors. */
const GENERATOR = 1

const { dimensions, queries, revisions, seed, dimensions2, dimensions3 } = SHARED

export const README_PARAMETERS = {
  rows: { about: 'Rows; all there are if not given.', initial: null, min: 1, max: 1e8 },
  dimensions,
  queries,
  revisions,
  seed,
  dimensions2,
  dimensions3,
} as const satisfies Parameters

/**
 * The paragraphs, list items and table rows of the READMEs that the dependencies bring, in a drawn order; asked for by
 * headings. Models differ in the terms they see and in their projection. Throws DATASET_PACKAGES, DATASET_PARAMETER.
 */
export const readmes = (values: Values<typeof README_PARAMETERS>): Dataset => {
  const { seed, revisions } = values
  const corpus = readCorpus(packageRoot())
  const models = modelsOf(corpus, values)
  const hasDirection = ({ text }: { readonly text: string }): boolean =>
    models.every(({ embed, dimensions }) => embed(text, new Float32Array(dimensions)))
  const passages = corpus.rows.filter(hasDirection)
  const headings = corpus.headings.filter(hasDirection)
  const rows = take('rows', values.rows, shuffled(stream(seed, 'rows'), passages))
  const asked = take('queries', values.queries, shuffled(stream(seed, 'queries'), headings))
  const texts = textsOf(rows)
  const history = historyOf(texts, revisions, seed, hasDirection)
  return datasetOf({
    name: 'readmes',
    rows: rows.length,
    revisions,
    models: models.map(({ embed, dimensions }) => ({
      vectors: embedAll(history, embed, dimensions),
      queries: embedAll(textsOf(asked), embed, dimensions),
    })),
    texts,
    origins: rows.map(({ origin }) => origin),
    made: { ...values, generator: GENERATOR },
  })
}

const textsOf = (rows: readonly Sourced[]): string[] => rows.map(({ text }) => text)

/** The first `wanted` of what there is, or all. */
const take = <T>(parameter: string, wanted: number | null, all: readonly T[]): readonly T[] => {
  if (wanted === null || wanted <= all.length) return all.slice(0, wanted ?? all.length)
  const allowed = `at most ${all.length}, as many as the installed packages give`
  throw problem('DATASET_PARAMETER', { dataset: 'readmes', parameter, found: wanted, allowed })
}

const modelsOf = (
  { rows }: Corpus,
  { seed, dimensions, dimensions2, dimensions3 }: Values<typeof README_PARAMETERS>,
): { embed: Embed; dimensions: number }[] => {
  const texts = textsOf(rows)
  const third = Math.max(2, Math.floor((dimensions * 3) / 4))
  const sizes = [dimensions, dimensions2 ?? dimensions, dimensions3 ?? third]
  return ENCODERS.map((terms, index) => {
    const dimensions = sizes[index]!
    return { dimensions, embed: tfIdf(texts, { seed, model: index + 1, dimensions, terms }) }
  })
}

/** Every text, then every text once edited, then twice, …; an edit that would leave no direction is not made. */
const historyOf = (
  texts: readonly string[],
  revisions: number,
  seed: number,
  hasDirection: (row: { readonly text: string }) => boolean,
): string[] => {
  const history = [...texts]
  for (let revision = 1; revision < revisions; revision++) {
    const rng = stream(seed, 'revision', revision)
    for (const before of history.slice(-texts.length)) {
      const after = edited(before, texts[rng.below(texts.length)]!, rng)
      history.push(hasDirection({ text: after }) ? after : before)
    }
  }
  return history
}

const embedAll = (texts: readonly string[], embed: Embed, dimensions: number): Matrix => {
  const into = matrix(texts.length, dimensions)
  for (const [index, text] of texts.entries()) embed(text, into.at(index))
  return into
}
