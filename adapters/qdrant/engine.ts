import { type Collection, type Engine, refusal, type Stored } from '../../harness/model/index.ts'
import { type CollectionInfo, type Control, controlOf } from './control.ts'
import { grpcPoints } from './grpc.ts'
import {
  checkCollection,
  type Index,
  parseIndex,
  type QdrantOptions,
  refuseOption,
} from './options.ts'
import type { Points } from './points.ts'
import { restPoints } from './rest.ts'
import { createRest } from './rest-client.ts'
import { createBody } from './settings.ts'
import { look, settle, vacuum } from './settle.ts'
import { gaugesOf, planOf, segmentsGuessed } from './state.ts'

/** Creates the collection if there is neither one nor an alias of that name, else attaches. */
export const openEngine = async (
  url: string,
  options: QdrantOptions,
  at: Collection,
): Promise<Engine> => {
  checkCollection(at, options)
  const index = parseIndex(at.index)
  const rest = createRest(url, options.connections ?? at.connections, options.gzip)
  const control = controlOf(rest)
  await prepare(control, options, at, index)
  const points =
    options.transport === 'grpc'
      ? grpcPoints(options.grpcUrl!, options, at)
      : restPoints(rest, options, at)
  return engineOn(points, control, options, at, index)
}

/** Makes sure the collection is there and is the one asked for. It is opened twice, perhaps at once. */
const prepare = async (
  control: Control,
  options: QdrantOptions,
  at: Collection,
  index: Index,
): Promise<void> => {
  const body = createBody(options, at, index)
  const found = await control.info(at.name)
  if (found) return checkSame(found, at, body.vectors)
  try {
    await control.create(at.name, body)
  } catch (error) {
    const there = await control.info(at.name)
    if (!there) throw error
    checkSame(there, at, body.vectors)
  }
}

const checkSame = ({ config }: CollectionInfo, { name }: Collection, asked: unknown): void => {
  const has = config.params.vectors as { size?: unknown; distance?: unknown } | undefined
  const { size, distance } = asked as { size: number; distance: string }
  if (has?.size !== size)
    throw refuseOption(
      'dimensions',
      `"${name}" has ${has?.size ?? 'no plain vectors'}, not ${size}`,
    )
  if (has.distance !== distance)
    throw refuseOption('metric', `"${name}" has the distance ${has.distance}, not ${distance}`)
}

const engineOn = (
  points: Points,
  control: Control,
  options: QdrantOptions,
  at: Collection,
  index: Index,
): Engine => {
  const { name, dimensions } = at
  const scan = index.kind === 'exact'
  const ownEffort = options.ef ?? (index.kind === 'hnsw' ? index.ef : undefined)
  let closed = false
  const begin = (signal?: AbortSignal): void => {
    if (closed) throw refusal('qdrant: this engine is closed')
    if (signal?.aborted) throw refusal('qdrant: aborted before it was sent')
  }
  const write = (rows: readonly Stored[], signal: AbortSignal): void => {
    begin(signal)
    checkVectors(rows, dimensions)
  }
  return {
    upsert: async (rows, signal) => {
      write(rows, signal)
      if (rows.length > 0) await points.upsert(rows, signal)
    },
    delete: async (ids, signal) => {
      begin(signal)
      await points.delete(ids, signal)
    },
    search: async (vector, k, signal, effort = ownEffort) => {
      begin(signal)
      return points.search(vector, k, { exact: scan, ef: scan ? undefined : effort }, signal)
    },
    exact: async (vector, k, signal) => {
      begin(signal)
      return points.search(vector, k, { exact: true, ef: undefined }, signal)
    },
    get: async (ids, signal) => {
      begin(signal)
      return points.get(ids, signal)
    },
    count: async (signal) => {
      begin(signal)
      return points.count(signal)
    },
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) {
        write(rows, signal)
        await points.upsert(rows, signal, 'columns')
      }
    },
    settle: async (signal) => {
      begin()
      await settle(control, at, signal)
    },
    compact: async (signal) => {
      begin(signal)
      await vacuum(control, at, signal)
    },
    stats: async () => {
      begin()
      const [seen, segments] = await Promise.all([look(control, name), control.segments(name)])
      return gaugesOf(seen, segments)
    },
    plan: async () => {
      begin()
      if (scan) return 'exact'
      const [{ info }, segments] = await Promise.all([look(control, name), control.segments(name)])
      return planOf(info, segments ?? segmentsGuessed(info), dimensions)
    },
    /** What is under way ends by its own signals; idle sockets end by themselves and hold no process. */
    close: async () => {
      closed = true
    },
  }
}

/** JSON has no NaN, and gRPC would carry it into the index: such a row is refused before it is sent, its batch with it. */
const checkVectors = (rows: readonly Stored[], dimensions: number): void => {
  for (const { id, vector } of rows) {
    if (vector.length !== dimensions)
      throw refusal(
        `qdrant: the vector of row ${id} has ${vector.length} dimensions, not ${dimensions}`,
      )
    if (!vector.every(Number.isFinite))
      throw refusal(`qdrant: the vector of row ${id} holds a number that is not finite`)
  }
}
