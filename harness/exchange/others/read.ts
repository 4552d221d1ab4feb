import { z } from 'zod'
import { problem } from '../../errors.ts'
import type { Others } from '../../model/index.ts'
import { fromQdrantBenchmark } from './qdrant.ts'
import { fromVectorDbBench } from './vectordbbench.ts'

const TOLD = z.object({ code: z.string(), text: z.string() })

/** What `driftmark import` writes of others' results. */
const OTHERS = z.object({
  format: z.literal('driftmark-others/1'),
  source: z.object({
    tool: z.string(),
    file: z.string(),
    run: z.string().nullable(),
    when: z.string().nullable(),
  }),
  results: z.array(
    z.object({
      product: z.string(),
      version: z.string().nullable(),
      dataset: z.string().nullable(),
      k: z.number().nullable(),
      kind: z.string(),
      settings: z.string(),
      figures: z.array(
        z.object({
          name: z.string(),
          value: z.number(),
          unit: z.string(),
          definition: z.string(),
        }),
      ),
      warnings: z.array(TOLD),
    }),
  ),
}) satisfies z.ZodType<Others>

type Reader = (document: unknown, file: string) => Others
/** How each kind of document is known, by keys of its outermost map. */
const READERS: readonly (readonly [keys: readonly string[], read: Reader])[] = [
  [['format', 'source', 'results'], (document) => OTHERS.parse(document)],
  [['run_id', 'results'], fromVectorDbBench],
  [['params', 'results'], fromQdrantBenchmark],
]

/**
 * Reads results that others measured: a result file of VectorDBBench or of qdrant/vector-db-benchmark, or what `driftmark import` made of
 * one. `file` is told in errors and kept as the source. Error: OTHERS_FILE, with the path into the document.
 */
export const readOthers = (text: string, file: string): Others => {
  const document = parsed(text, file)
  const isMap = typeof document === 'object' && document !== null
  const known = READERS.find(([keys]) => isMap && keys.every((key) => Object.hasOwn(document, key)))
  if (!known) {
    const why =
      'it is a result of neither VectorDBBench (run_id, results) nor qdrant/vector-db-benchmark (params, results), nor what driftmark import writes'
    throw problem('OTHERS_FILE', { file, place: 'its outermost level', why })
  }
  try {
    return known[1](document, file.replace(/^.*[\\/]/, ''))
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const [issue] = error.issues
    const place = issue!.path.map(String).join('.') || 'its outermost level'
    throw problem('OTHERS_FILE', { file, place, why: issue!.message }, error)
  }
}

const parsed = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    throw problem('OTHERS_FILE', { file, place: placeOf(message, text), why: message }, error)
  }
}

/** Line and column of what a JSON parser tells as a position. */
const placeOf = (message: string, text: string): string => {
  const [, position] = /position (\d+)/.exec(message) ?? []
  const before = text.slice(0, position === undefined ? text.length : Number(position))
  const line = before.split('\n').length
  return `line ${line}, column ${before.length - before.lastIndexOf('\n')}`
}
