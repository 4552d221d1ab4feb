import { type Micros, refusal } from '../../harness/model/index.ts'
import { type Rows, readIds, readRows } from './bodies.ts'
import type { UpsertFate } from './flaws.ts'
import { fated, type Handler, ok, type Reply } from './handling.ts'
import type { SimOptions } from './options.ts'

const FLAWLESS: UpsertFate = { delay: 0, lost: false, stale: false, unreachable: false }

const vectorOf = ({ vectors, dimensions }: Rows, i: number): Float32Array =>
  vectors.subarray(i * dimensions, (i + 1) * dimensions)

const checkRows = (rows: Rows, dimensions: number): void => {
  if (rows.dimensions !== dimensions && rows.ids.length > 0) {
    throw refusal(`a vector has ${rows.dimensions} dimensions, the collection has ${dimensions}`)
  }
  if (!rows.vectors.every(Number.isFinite))
    throw refusal('a vector holds a number that is not finite')
}

/** Answered after the write took effect, where the options ask for that: not before the latest instant at which a row did. */
const dueAfter = (
  { acknowledge }: SimOptions,
  received: Micros,
  effects: readonly (Micros | null)[],
): Pick<Reply, 'due'> =>
  acknowledge === 'after'
    ? { due: effects.reduce<Micros>((late, at) => Math.max(late, at ?? received), received) }
    : {}

/** All rows of a batch or none; each row has a fate of its own. */
export const upsert: Handler = ({ options, flaws, catalog }, { request, received, fate }) => {
  const { name, collection } = catalog.find(request.name)
  const rows = readRows(request.body)
  checkRows(rows, collection.dimensions)
  const written = Array.from(rows.ids, (id, i) => {
    const version = rows.versions[i]!
    const own = flaws.upsert(id, version)
    const visible = fate.happens ? collection.upsert(id, version, vectorOf(rows, i), own) : null
    return { id, version, visible, own }
  })
  return {
    ...fated(fate),
    ...dueAfter(
      options,
      received,
      written.map(({ visible }) => visible),
    ),
    truth: (acknowledged) =>
      written.map(({ id, version, visible, own: { lost, stale, unreachable } }) => ({
        event: 'upsert',
        collection: name,
        id,
        version,
        received,
        acknowledged,
        visible,
        lost,
        stale,
        unreachable,
        answer: fate.answer,
        happened: fate.happens,
      })),
  }
}

export const remove: Handler = ({ options, flaws, catalog }, { request, received, fate }) => {
  const { name, collection } = catalog.find(request.name)
  const written = Array.from(readIds(request.body), (id) => {
    const own = flaws.delete(id)
    return { id, own, invisible: fate.happens ? collection.delete(id, own) : null }
  })
  return {
    ...fated(fate),
    ...dueAfter(
      options,
      received,
      written.map(({ invisible }) => invisible),
    ),
    truth: (acknowledged) =>
      written.map(({ id, invisible, own: { ghost } }) => ({
        event: 'delete',
        collection: name,
        id,
        received,
        acknowledged,
        invisible,
        ghost,
        answer: fate.answer,
        happened: fate.happens,
      })),
  }
}

/** Rows without flaws, visible at once: a preload, a rebuild. */
export const load: Handler = ({ catalog }, { request, received }) => {
  const { name, collection } = catalog.find(request.name)
  const rows = readRows(request.body)
  checkRows(rows, collection.dimensions)
  rows.ids.forEach((id, i) => {
    collection.upsert(id, rows.versions[i]!, vectorOf(rows, i), FLAWLESS)
  })
  return {
    ...ok(),
    truth: () => [{ event: 'load', collection: name, at: received, rows: rows.ids.length }],
  }
}
