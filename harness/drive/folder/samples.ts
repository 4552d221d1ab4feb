import { join } from 'node:path'
import type { Micros, Samples } from '../../model/index.ts'
import { batchOf, type Layout, schemaOf } from './columns.ts'
import { gather } from './gather.ts'
import { createStream, readStream } from './stream.ts'

const SAMPLES = { at: 'float64', name: 'text', value: 'float64' } as const satisfies Layout

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
  const { at, name, value } = gather(readStream(join(dir, 'samples.arrow'), SAMPLES), SAMPLES)
  return { count: at.length, at, name: Uint16Array.from(name.codes), value, names: name.words }
}
