import { join } from 'node:path'
import type { RecordBatch } from 'apache-arrow'
import { problem } from '../../errors.ts'
import { type History, type Micros, OK, SKIPPED, UNKNOWN, VIA_EXACT } from '../../model/index.ts'
import { batchOf, type Layout, listsOf, numbersOf, schemaOf, textsOf } from './columns.ts'
import { createStream, readStream } from './stream.ts'

const HISTORY: Layout = {
  op: 'uint32',
  sent: 'float64?',
  done: 'float64?',
  outcome: 'uint8',
  via: 'uint8',
  space: 'uint8',
  model: 'uint8',
  hit_ids: 'uint32[]',
  hit_versions: 'int32[]',
  refused: 'uint32[]',
  error: 'text',
}

/** Some events on their way to the file; columns as in History, which may be longer than `count`. */
export interface EventBatch extends Omit<History, 'until' | 'closed' | 'interrupted' | 'origin'> {
  /** Everything that was done before this instant is in this batch or an earlier one. */
  readonly until: Micros
}

export interface HistoryFile {
  append(batch: EventBatch): void
  /** The driver ends the file itself; `until` is the end of the run. */
  close(until: Micros, interrupted: boolean): void
}

/**
 * Creates history.arrow. Metadata of the schema: `origin_us`, the instant zero of the run on the machine's monotonic clock, in
 * microseconds. Metadata of each batch: `until` (µs since the run began) and, on the last, `interrupted`.
 */
export const createHistory = (dir: string, origin: number): HistoryFile => {
  const schema = schemaOf(HISTORY, { origin_us: String(origin) })
  const file = createStream(join(dir, 'history.arrow'), schema)
  return {
    append: (batch) => {
      file.append(batchOf(schema, batch.count, columnsOf(batch), { until: String(batch.until) }))
    },
    close: (until, interrupted) => {
      const last = { until: String(until), interrupted: String(interrupted) }
      file.append(batchOf(schema, 0, columnsOf(NO_EVENTS), last))
      file.close()
    },
  }
}

const columnsOf = (batch: Omit<EventBatch, 'until'>) => [
  batch.op,
  batch.sent,
  batch.done,
  batch.outcome,
  batch.via,
  batch.space,
  batch.model,
  { offsets: batch.hits, values: batch.hitIds },
  { offsets: batch.hits, values: batch.hitVersions },
  { offsets: batch.refused, values: batch.refusedIds },
  Array.from(batch.error.subarray(0, batch.count), (code) => batch.errors[code] ?? null),
]

const NO_EVENTS: Omit<EventBatch, 'until'> = {
  count: 0,
  op: new Uint32Array(0),
  sent: new Float64Array(0),
  done: new Float64Array(0),
  outcome: new Uint8Array(0),
  via: new Uint8Array(0),
  space: new Uint8Array(0),
  model: new Uint8Array(0),
  hits: new Uint32Array(1),
  hitIds: new Uint32Array(0),
  hitVersions: new Int32Array(0),
  refused: new Uint32Array(1),
  refusedIds: new Uint32Array(0),
  error: new Int32Array(0),
  errors: [],
}

/** Reads history.arrow, up to the last whole batch if the driver was killed. Errors: RUN_FILE_MISSING, RUN_FILE_DAMAGED. */
export const readHistory = (dir: string): History => {
  const path = join(dir, 'history.arrow')
  const { batches, metadata, closed } = readStream(path, HISTORY)
  const bytes = (name: string) => numbersOf(batches, name, Uint8Array)
  const hits = listsOf(batches, 'hit_ids', Uint32Array)
  const refused = listsOf(batches, 'refused', Uint32Array)
  const op = numbersOf(batches, 'op', Uint32Array)
  const outcome = bytes('outcome')
  const via = bytes('via')
  const sent = numbersOf(batches, 'sent', Float64Array)
  const done = numbersOf(batches, 'done', Float64Array)
  const wrong = outcome.findIndex((code, i) => !isPossible(code, via[i]!, sent[i]!, done[i]!))
  if (wrong >= 0) {
    const why = `event ${wrong} has outcome ${outcome[wrong]} via ${via[wrong]}, sent at ${sent[wrong]}, done at ${done[wrong]}`
    throw problem('RUN_FILE_DAMAGED', { path, at: 'its columns', why })
  }
  const last = batches.at(-1)?.metadata
  return {
    count: op.length,
    op,
    sent,
    done,
    outcome,
    via,
    space: bytes('space'),
    model: bytes('model'),
    hits: hits.offsets,
    hitIds: hits.values,
    hitVersions: listsOf(batches, 'hit_versions', Int32Array).values,
    refused: refused.offsets,
    refusedIds: refused.values,
    ...errorsOf(batches),
    until: Number(last?.get('until') ?? 0),
    closed,
    interrupted: last?.get('interrupted') === 'true',
    origin: Number(metadata.get('origin_us')),
  }
}

/** What was sent came back later, or not at all; what was never sent did not succeed. */
const isPossible = (outcome: number, via: number, sent: number, done: number): boolean => {
  if (outcome > SKIPPED || via > VIA_EXACT) return false
  if (Number.isNaN(sent)) return Number.isNaN(done) && outcome !== OK && outcome !== UNKNOWN
  return outcome !== SKIPPED && sent <= done && Number.isFinite(done)
}

/** The error texts as numbers into a list of the different ones. */
const errorsOf = (batches: readonly RecordBatch[]) => {
  const places = new Map<string, number>()
  const error = Int32Array.from(textsOf(batches, 'error'), (text) => {
    if (text === null) return -1
    if (!places.has(text)) places.set(text, places.size)
    return places.get(text)!
  })
  return { error, errors: [...places.keys()] }
}
