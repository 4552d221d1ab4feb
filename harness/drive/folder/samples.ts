import { join } from 'node:path'
import type { Micros, Samples } from '../../model/index.ts'
import { batchOf, type Layout, numbersOf, schemaOf, textsOf } from './columns.ts'
import { createStream, readStream } from './stream.ts'

const SAMPLES: Layout = { at: 'float64', name: 'text', value: 'float64' }

export interface SamplesFile {
  /** The gauges of one instant, by name. */
  append(at: Micros, gauges: Readonly<Record<string, number>>): void
  close(): void
}

/** Creates samples.arrow; each append is a batch of its own, readable at once. */
export const createSamples = (dir: string): SamplesFile => {
  const schema = schemaOf(SAMPLES)
  const file = createStream(join(dir, 'samples.arrow'), schema)
  return {
    append: (at, gauges) => {
      const names = Object.keys(gauges)
      const ats = new Float64Array(names.length).fill(at)
      file.append(
        batchOf(schema, names.length, [ats, names, Float64Array.from(Object.values(gauges))]),
      )
    },
    close: file.close,
  }
}

/** Reads samples.arrow, up to its last whole batch. Errors: RUN_FILE_MISSING, RUN_FILE_DAMAGED. */
export const readSamples = (dir: string): Samples => {
  const { batches } = readStream(join(dir, 'samples.arrow'), SAMPLES)
  const texts = textsOf(batches, 'name').map((text) => text ?? '')
  const names = [...new Set(texts)]
  const places = new Map(names.map((name, place) => [name, place]))
  return {
    count: texts.length,
    at: numbersOf(batches, 'at', Float64Array),
    name: Uint16Array.from(texts, (text) => places.get(text)!),
    value: numbersOf(batches, 'value', Float64Array),
    names,
  }
}
