import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { type After, NONE } from '../../model/index.ts'
import { batchOf, type Layout, schemaOf } from './columns.ts'
import { gather } from './gather.ts'
import { createStream, readStream } from './stream.ts'

/** Two kinds of rows: `asked` 0 is a look-up (space … done), 1 a query of a rebuild control (checkpoint … hit_versions). */
const AFTER = {
  asked: 'uint8',
  space: 'uint8',
  id: 'uint32',
  version: 'int32',
  sent: 'float64?',
  done: 'float64?',
  checkpoint: 'uint32',
  rebuild: 'uint32',
  query: 'uint32',
  effort: 'int32',
  hit_ids: 'uint32[]',
  hit_versions: 'int32[]',
} as const satisfies Layout

/** Writes after.arrow as a whole: the old one stays until the new one is complete. */
export const writeAfter = (dir: string, { plan, lookups, rebuilds }: After): void => {
  const schema = schemaOf(AFTER, {
    lookups: String(lookups !== null),
    rebuilds: String(rebuilds !== null),
    ...(plan === undefined ? {} : { plan }),
  })
  const path = join(dir, 'after.arrow')
  const file = createStream(`${path}.part`, schema)
  if (lookups) file.append(batchOf(schema, lookups.count, lookupColumns(lookups)))
  if (rebuilds) file.append(batchOf(schema, rebuilds.count, rebuildColumns(rebuilds)))
  file.close()
  renameSync(`${path}.part`, path)
}

const lookupColumns = ({
  count,
  space,
  id,
  version,
  sent,
  done,
}: NonNullable<After['lookups']>) => {
  const none = new Uint32Array(count)
  const efforts = new Int32Array(count).fill(NONE)
  const hits = { offsets: new Uint32Array(count + 1), values: new Uint32Array(0) }
  const versions = { offsets: hits.offsets, values: new Int32Array(0) }
  const asked = new Uint8Array(count)
  return [asked, space, id, version, sent, done, none, none, none, efforts, hits, versions]
}

const rebuildColumns = (rebuilds: NonNullable<After['rebuilds']>) => {
  const { count, checkpoint, rebuild, query, effort, hits: offsets } = rebuilds
  const never = new Float64Array(count).fill(Number.NaN)
  return [
    new Uint8Array(count).fill(1),
    new Uint8Array(count),
    new Uint32Array(count),
    new Int32Array(count).fill(NONE),
    never,
    never,
    checkpoint,
    rebuild,
    query,
    effort,
    { offsets, values: rebuilds.hitIds },
    { offsets, values: rebuilds.hitVersions },
  ]
}

/** Reads after.arrow. Errors: RUN_FILE_MISSING, RUN_FILE_DAMAGED. */
export const readAfter = (dir: string): After => {
  const stream = readStream(join(dir, 'after.arrow'), AFTER)
  const columns = gather(stream, AFTER)
  const first = columns.asked.indexOf(1)
  const border = first < 0 ? columns.asked.length : first
  const plan = stream.metadata.get('plan')
  return {
    ...(plan === undefined ? {} : { plan }),
    lookups: stream.metadata.get('lookups') === 'true' ? lookupsOf(columns, border) : null,
    rebuilds: stream.metadata.get('rebuilds') === 'true' ? rebuildsOf(columns, border) : null,
  }
}

type Columns = ReturnType<typeof gather<typeof AFTER>>

/** The look-ups are written first: rows [0, border). */
const lookupsOf = (columns: Columns, border: number): NonNullable<After['lookups']> => ({
  count: border,
  space: columns.space.slice(0, border),
  id: columns.id.slice(0, border),
  version: columns.version.slice(0, border),
  sent: columns.sent.slice(0, border),
  done: columns.done.slice(0, border),
})

const rebuildsOf = (columns: Columns, border: number): NonNullable<After['rebuilds']> => ({
  count: columns.asked.length - border,
  checkpoint: columns.checkpoint.slice(border),
  rebuild: columns.rebuild.slice(border),
  query: columns.query.slice(border),
  effort: columns.effort.slice(border),
  hits: columns.hit_ids.offsets.slice(border),
  hitIds: columns.hit_ids.values,
  hitVersions: Int32Array.from(columns.hit_versions.values),
})
