import { join } from 'node:path'
import { problem } from '../../errors.ts'
import type { OpColumns, Trace, TraceMeta } from '../../model/index.ts'
import { batchOf, type Layout, listsOf, numbersOf, schemaOf } from './columns.ts'
import { createStream, readStream } from './stream.ts'

/** Where an op has no such thing, integer columns hold NONE (−1) or 0, as in the model. */
const TRACE: Layout = {
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
}

/** Writes trace.arrow into a run folder. */
export const writeTrace = (dir: string, trace: Trace): void =>
  writeTraceFile(join(dir, 'trace.arrow'), trace)

/** Writes a trace as an Arrow stream: one batch; everything but the columns is JSON under `trace` in the schema's metadata. */
export const writeTraceFile = (path: string, { meta, ops }: Trace): void => {
  const schema = schemaOf(TRACE, { trace: JSON.stringify(meta) })
  const columns = [
    ops.at,
    ops.kind,
    ops.space,
    ops.phase,
    { offsets: ops.rows, values: ops.ids },
    { offsets: ops.rows, values: ops.versions },
    ops.query,
    ops.model,
    ops.k,
    ops.effort,
    ops.perturb,
    ops.expect,
    ops.watch,
    ops.exact,
    ops.of,
    ops.checkpoint,
    ops.action,
  ]
  const file = createStream(path, schema)
  file.append(batchOf(schema, ops.count, columns))
  file.close()
}

/** Reads trace.arrow. Errors: RUN_FILE_MISSING, RUN_FILE_DAMAGED. The hash is not recomputed. */
export const readTrace = (dir: string): Trace => {
  const { batches, metadata } = readStream(join(dir, 'trace.arrow'), TRACE)
  const ids = listsOf(batches, 'ids', Uint32Array)
  const bytes = (name: string) => numbersOf(batches, name, Uint8Array)
  const words = (name: string) => numbersOf(batches, name, Uint32Array)
  const integers = (name: string) => numbersOf(batches, name, Int32Array)
  const at = numbersOf(batches, 'at', Float64Array)
  const ops: OpColumns = {
    count: at.length,
    at,
    kind: bytes('kind'),
    space: bytes('space'),
    phase: numbersOf(batches, 'phase', Uint16Array),
    rows: ids.offsets,
    ids: ids.values,
    versions: listsOf(batches, 'versions', Uint32Array).values,
    query: integers('query'),
    model: bytes('model'),
    k: words('k'),
    effort: integers('effort'),
    perturb: words('perturb'),
    expect: bytes('expect'),
    watch: bytes('watch'),
    exact: bytes('exact'),
    of: integers('of'),
    checkpoint: integers('checkpoint'),
    action: bytes('action'),
  }
  return { meta: metaOf(join(dir, 'trace.arrow'), metadata), ops }
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
