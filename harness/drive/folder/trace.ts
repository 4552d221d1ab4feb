import { join } from 'node:path'
import { problem } from '../../errors.ts'
import type { OpColumns, Trace, TraceMeta } from '../../model/index.ts'
import { batchOf, type Layout, schemaOf } from './columns.ts'
import { gather } from './gather.ts'
import { createStream, readStream } from './stream.ts'

/** Where an op has no such thing, integer columns hold NONE (−1) or 0, as in the model. */
const TRACE = {
  at: 'float64',
  kind: 'uint8',
  space: 'uint8',
  phase: 'uint16',
  ids: 'uint32[]',
  versions: 'uint32[]',
  query: 'int32',
  model: 'uint8',
  k: 'uint32',
  effort: 'int32',
  perturb: 'uint32',
  expect: 'uint8',
  watch: 'uint8',
  exact: 'uint8',
  of: 'int32',
  checkpoint: 'int32',
  action: 'uint8',
} as const satisfies Layout

/** Writes trace.arrow into a run folder. */
export const writeTrace = (dir: string, trace: Trace): void =>
  writeTraceFile(join(dir, 'trace.arrow'), trace)

/** Ops in one batch of the file: what writing and reading need beside the columns is a few megabytes. */
const BATCH = 1 << 16

/** Writes a trace as an Arrow stream; everything but the columns is JSON under `trace` in the schema's metadata. */
export const writeTraceFile = (path: string, { meta, ops }: Trace): void => {
  const schema = schemaOf(TRACE, { trace: JSON.stringify(meta) })
  const file = createStream(path, schema)
  for (let from = 0; from < ops.count; from += BATCH) {
    const to = Math.min(from + BATCH, ops.count)
    file.append(batchOf(schema, to - from, columnsOf(ops, from, to)))
  }
  file.close()
}

/** The ops [from, to), in the order of the layout. */
const columnsOf = (ops: OpColumns, from: number, to: number) => {
  const base = ops.rows[from]!
  const offsets = ops.rows.subarray(from, to + 1).map((row) => row - base)
  const lists = (values: Uint32Array) => ({ offsets, values: values.subarray(base, ops.rows[to]) })
  return Object.keys(TRACE).map((name) => {
    if (name === 'ids' || name === 'versions') return lists(ops[name])
    return ops[name as Exclude<keyof typeof TRACE, 'ids' | 'versions'>].subarray(from, to)
  })
}

/** Reads trace.arrow. Errors: RUN_FILE_MISSING, RUN_FILE_DAMAGED. The hash is not recomputed. */
export const readTrace = (dir: string): Trace => {
  const path = join(dir, 'trace.arrow')
  const stream = readStream(path, TRACE)
  const { ids, versions, ...columns } = gather(stream, TRACE)
  const rows = { rows: ids.offsets, ids: ids.values, versions: versions.values }
  const ops: OpColumns = { count: columns.at.length, ...columns, ...rows }
  return { meta: metaOf(path, stream.metadata), ops }
}

const FORMATS: readonly string[] = [
  'driftmark-trace/1',
  'driftmark-trace/2',
] satisfies TraceMeta['format'][]

const metaOf = (path: string, metadata: ReadonlyMap<string, string>): TraceMeta => {
  const meta = JSON.parse(metadata.get('trace') ?? 'null') as TraceMeta | null
  if (meta && FORMATS.includes(meta.format)) return meta
  const why = `its format is ${meta?.format ?? 'not given'}, not one of ${FORMATS.join(', ')}`
  throw problem('RUN_FILE_DAMAGED', { path, at: 'its metadata', why })
}
