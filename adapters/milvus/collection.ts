import { setTimeout as sleep } from 'node:timers/promises'
import type { DescribeCollectionResponse } from '@zilliz/milvus2-sdk-node'
import type { Collection } from '../../harness/model/index.ts'
import * as calls from './calls.ts'
import type { Connection } from './connection.ts'
import { type Index, levelOf, refuseOption } from './options.ts'
import { ALIAS_NOT_FOUND, NOT_FOUND } from './outcome.ts'

const LOADED = 'LoadStateLoaded'
/** Between two looks at how far a load is, ms. */
const PAUSE = 50
const INDEX_NOT_FOUND = 700
/** An index of that name is there already: Milvus', milvus-lite's. */
const INDEX_THERE = [702, 35]

/**
 * milvus-lite flushes what it is about to drop, and refuses if a write in it was numbered before another flush and stored after it.
 * It has let go of that write then: dropped once more, nothing is left to be flushed.
 */
const OVERTAKEN = /current_seq is monotonic/

const hasCode = (error: unknown, ...codes: readonly number[]): boolean =>
  codes.includes((error as { code?: number }).code ?? 0)

/**
 * Makes sure that the collection is there, has its index and is loaded. Every step may find it done: a collection is opened
 * twice, perhaps at once. Answers with the name of the collection itself, which an alias has not.
 */
export const prepare = async (
  { ask }: Connection,
  at: Collection,
  index: Index,
): Promise<string> => {
  const { name } = at
  const found = (await describe(ask, name)) ?? (await create(ask, at))
  checkSame(found, at)
  const what = `opening "${name}"`
  try {
    await ask(what, (client) => client.describeIndex({ collection_name: name }))
  } catch (error) {
    if (!hasCode(error, INDEX_NOT_FOUND)) throw error
    const request = calls.createIndex(name, at.metric, index)
    await unless(INDEX_THERE, () => ask(what, (client) => client.createIndex(request)))
  }
  await load(ask, name)
  return found.collection_name || name
}

/** The collection that a name or an alias stands for; null: there is none. The client remembers its fields. */
const describe = async (
  ask: Connection['ask'],
  name: string,
): Promise<DescribeCollectionResponse | null> => {
  const what = `describing "${name}"`
  const request = { collection_name: name }
  return unless([NOT_FOUND], () => ask(what, (client) => client.describeCollection(request)))
}

/** Two that create it at once: the one that comes late finds it there. */
const create = async (
  ask: Connection['ask'],
  at: Collection,
): Promise<DescribeCollectionResponse> => {
  const request = calls.createCollection(at, levelOf(at))
  let refused: unknown
  try {
    await ask(`creating "${at.name}"`, (client) => client.createCollection(request))
  } catch (error) {
    refused = error
  }
  const found = await describe(ask, at.name)
  if (!found) throw refused ?? new Error(`milvus: "${at.name}" was created and is not there`)
  return found
}

const checkSame = (found: DescribeCollectionResponse, { name, dimensions }: Collection): void => {
  const fields = new Map(found.schema.fields.map((field) => [field.name, field]))
  const isOurs = Object.values(calls.FIELD).every((field) => fields.has(field))
  if (!isOurs)
    throw refuseOption('name', `"${name}" is there already and is no collection of driftmark's`)
  const stored = Number((fields.get(calls.FIELD.vector) as { dim?: string | number }).dim)
  if (stored !== dimensions)
    throw refuseOption('dimensions', `"${name}" has ${stored}, not ${dimensions}`)
}

/** Loads what is not loaded, and waits until it is. */
const load = async (ask: Connection['ask'], name: string): Promise<void> => {
  const what = `loading "${name}"`
  const request = { collection_name: name }
  await ask(what, (client) => client.loadCollectionAsync(request))
  for (;;) {
    const { state } = await ask(what, (client) => client.getLoadState(request))
    if (state === LOADED) return
    await sleep(PAUSE)
  }
}

/** Drops a collection, with the aliases that point at it, or an alias alone. */
export const drop = async ({ ask }: Connection, name: string): Promise<void> => {
  const what = `dropping "${name}"`
  const found = await describe(ask, name)
  const dropAlias = (alias: string) => ask(what, (client) => client.dropAlias({ alias }))
  // An alias may outlive its collection.
  if (!found || found.collection_name !== name) {
    await unless([NOT_FOUND, ALIAS_NOT_FOUND], () => dropAlias(name))
    return
  }
  const request = { collection_name: name }
  const { aliases } = await ask(what, (client) => client.listAliases(request))
  for (const alias of aliases) await dropAlias(alias)
  const dropIt = () =>
    unless([NOT_FOUND], () => ask(what, (client) => client.dropCollection(request)))
  try {
    await dropIt()
  } catch (error) {
    if (!OVERTAKEN.test(String(error))) throw error
    await dropIt()
  }
}

/** Moves the alias in one step of the server; creates it if absent. */
export const swap = async ({ ask }: Connection, alias: string, name: string): Promise<void> => {
  const what = `pointing alias "${alias}" at "${name}"`
  const request = { collection_name: name, alias }
  const moved = await unless([NOT_FOUND, ALIAS_NOT_FOUND], () =>
    ask(what, (client) => client.alterAlias(request)),
  )
  if (moved === null) await ask(what, (client) => client.createAlias(request))
}

/** null where the server refuses with one of these codes. */
const unless = async <T>(
  codes: readonly number[],
  request: () => Promise<T>,
): Promise<T | null> => {
  try {
    return await request()
  } catch (error) {
    if (hasCode(error, ...codes)) return null
    throw error
  }
}
