import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { type After, NONE } from '../../model/index.ts'
import { batchOf, type Layout, listsOf, numbersOf, schemaOf } from './columns.ts'
import { createStream, readStream } from './stream.ts'

/** Two kinds of rows: `asked` 0 is a look-up (space … done), 1 a query of a rebuild control (checkpoint … hit_versions). */
const AFTER: Layout = {
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
}

/** Writes after.arrow as a whole: the old one stays until the new one is complete. */
export const writeAfter = (dir: string, { lookups, rebuilds }: After): void => {
  const schema = schemaOf(AFTER, {
    lookups: String(lookups !== null),
    rebuilds: String(rebuilds !== null),
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
  const { batches, metadata } = readStream(join(dir, 'after.arrow'), AFTER)
  const ofKind = (kind: number) =>
    batches.filter((batch) => batch.numRows > 0 && batch.getChild('asked')!.get(0) === kind)
  return {
    lookups: metadata.get('lookups') === 'true' ? lookupsOf(ofKind(0)) : null,
    rebuilds: metadata.get('rebuilds') === 'true' ? rebuildsOf(ofKind(1)) : null,
  }
}

type Batches = Parameters<typeof numbersOf>[0]

const lookupsOf = (batches: Batches): NonNullable<After['lookups']> => {
  const id = numbersOf(batches, 'id', Uint32Array)
  return {
    count: id.length,
    space: numbersOf(batches, 'space', Uint8Array),
    id,
    version: numbersOf(batches, 'version', Int32Array),
    sent: numbersOf(batches, 'sent', Float64Array),
    done: numbersOf(batches, 'done', Float64Array),
  }
}

const rebuildsOf = (batches: Batches): NonNullable<After['rebuilds']> => {
  const hits = listsOf(batches, 'hit_ids', Uint32Array)
  const query = numbersOf(batches, 'query', Uint32Array)
  return {
    count: query.length,
    checkpoint: numbersOf(batches, 'checkpoint', Uint32Array),
    rebuild: numbersOf(batches, 'rebuild', Uint32Array),
    query,
    effort: numbersOf(batches, 'effort', Int32Array),
    hits: hits.offsets,
    hitIds: hits.values,
    hitVersions: listsOf(batches, 'hit_versions', Int32Array).values,
  }
}
