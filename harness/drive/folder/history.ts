import { join } from 'node:path'
import { problem } from '../../errors.ts'
import { type History, type Micros, OK, SKIPPED, UNKNOWN, VIA_EXACT } from '../../model/index.ts'
import { batchOf, type Layout, schemaOf } from './columns.ts'
import { gather } from './gather.ts'
import { createStream, readStream } from './stream.ts'

const HISTORY = {
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
} as const satisfies Layout

/** Some events on their way to the file; columns as in History, which may be longer than `count`. */
export interface EventBatch
  extends Omit<History, 'until' | 'closed' | 'interrupted' | 'origin' | 'checked'> {
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
  { offsets: batch.hits, values: Int32Array.from(batch.hitVersions) },
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
  const stream = readStream(path, HISTORY)
  const columns = gather(stream, HISTORY)
  const { op, sent, done, outcome, via, space, model, hit_ids: hits, refused, error } = columns
  const wrong = outcome.findIndex((code, i) => !isPossible(code, via[i]!, sent[i]!, done[i]!))
  if (wrong >= 0) {
    const why = `event ${wrong} has outcome ${outcome[wrong]} via ${via[wrong]}, sent at ${sent[wrong]}, done at ${done[wrong]}`
    throw problem('RUN_FILE_DAMAGED', { path, at: 'its columns', why })
  }
  return {
    count: op.length,
    op,
    sent,
    done,
    outcome,
    via,
    space,
    model,
    hits: hits.offsets,
    hitIds: hits.values,
    hitVersions: columns.hit_versions.values,
    refused: refused.offsets,
    refusedIds: refused.values,
    error: error.codes,
    errors: error.words,
    until: Number(stream.last.get('until') ?? 0),
    closed: stream.closed,
    interrupted: stream.last.get('interrupted') === 'true',
    origin: Number(stream.metadata.get('origin_us')),
    checked: stream.checked,
  }
}

/** What was sent came back later, or not at all; what was never sent did not succeed. */
const isPossible = (outcome: number, via: number, sent: number, done: number): boolean => {
  if (outcome > SKIPPED || via > VIA_EXACT) return false
  if (Number.isNaN(sent)) return Number.isNaN(done) && outcome !== OK && outcome !== UNKNOWN
  return outcome !== SKIPPED && sent <= done && Number.isFinite(done)
}
