import { type Micros, refusal } from '../../harness/model/index.ts'
import { type Rows, readIds, readRows } from './bodies.ts'
import type { Found } from './catalog.ts'
import type { Deleted, Upserted } from './collection.ts'
import type { UpsertFate } from './flaws.ts'
import { fated, type Handler, type Handling, ok, type Reply, type Sim } from './handling.ts'
import type { SimOptions } from './options.ts'
import type { Truth } from './truth.ts'

const FLAWLESS: UpsertFate = {
  delay: 0,
  lost: false,
  stale: false,
  unreachable: false,
  flicker: null,
}

const NOT_UPSERTED: Upserted = { visible: null, stale: false }
const NOT_DELETED: Deleted = { invisible: null, ghost: false, returned: null }

const vectorOf = ({ vectors, dimensions }: Rows, i: number): Float32Array =>
  vectors.subarray(i * dimensions, (i + 1) * dimensions)

const checkRows = (rows: Rows, dimensions: number): void => {
  if (rows.dimensions !== dimensions && rows.ids.length > 0) {
    throw refusal(`a vector has ${rows.dimensions} dimensions, the collection has ${dimensions}`)
  }
  for (const number of rows.vectors) {
    if (!Number.isFinite(number)) throw refusal('a vector holds a number that is not finite')
  }
}

/** Answered after the write took effect, where the options ask for that: not before the latest instant at which a row did. */
const dueAfter = (
  { acknowledge }: SimOptions,
  received: Micros,
  effects: readonly (Micros | null)[],
): Pick<Reply, 'due'> => {
  if (acknowledge === 'before') return {}
  const held = acknowledge === 'after' ? 0 : Math.round(1000 * acknowledge.after)
  return { due: held + effects.reduce<Micros>((due, at) => Math.max(due, at ?? due), received) }
}

/** Carries a write out row by row and counts it; `zero` is what the log says if turnover is counted from here. */
const written = <T>(
  sim: Sim,
  { fate }: Handling,
  { name, collection }: Found,
  rows: { readonly count: number; readonly write: (i: number) => T },
): { done: T[]; zero: Truth[] } => {
  const { turnover, recent } = collection
  const zero = fate.happens ? turnover.begin(sim.now(), collection.count()) : null
  const done = Array.from({ length: rows.count }, (_, i) => {
    const own = rows.write(i)
    recent.add(sim.now())
    return own
  })
  if (fate.answer === 'ok') turnover.acknowledge(rows.count)
  return { done, zero: zero ? [{ event: 'zero', collection: name, ...zero }] : [] }
}

/** What the log says of every row of a write alike. */
const common = ({ received, fate }: Handling, collection: string) => ({
  collection,
  received,
  answer: fate.answer,
  late: fate.late > 0,
  happened: fate.happens,
})

/** All rows of a batch or none; each row has a fate of its own. */
export const upsert: Handler = (sim, handling) => {
  const found = sim.catalog.find(handling.request.name)
  const { collection } = found
  const rows = readRows(handling.request.body)
  checkRows(rows, collection.dimensions)
  const write = (i: number) => {
    const [id, version, vector] = [rows.ids[i]!, rows.versions[i]!, vectorOf(rows, i)]
    const own = sim.flaws.upsert(id, version, collection.recent.count(sim.now()))
    // What was thrown away already is not forgotten.
    const forgotten = handling.forgotten && !own.lost
    if (forgotten && handling.fate.happens) collection.forget(id, { version, vector })
    const happens = handling.fate.happens && !forgotten
    const done = happens ? collection.upsert(id, version, vector, own) : NOT_UPSERTED
    return { id, version, own, ...done }
  }
  const { done, zero } = written(sim, handling, found, { count: rows.ids.length, write })
  const effects = done.map(({ visible }) => visible)
  return {
    ...fated(handling.fate),
    ...dueAfter(sim.options, handling.received, effects),
    truth: (acknowledged) => [
      ...zero,
      ...done.map(({ id, version, visible, stale, own: { lost, unreachable, flicker } }) => ({
        event: 'upsert' as const,
        id,
        version,
        ...common(handling, found.name),
        acknowledged,
        visible,
        lost,
        stale,
        unreachable: unreachable && visible !== null,
        flicker: windowOf(visible, flicker),
      })),
    ],
  }
}

const windowOf = (visible: Micros | null, flicker: UpsertFate['flicker']) =>
  visible === null || flicker === null
    ? null
    : ([visible + flicker.after, visible + flicker.after + flicker.for] as const)

export const remove: Handler = (sim, handling) => {
  const found = sim.catalog.find(handling.request.name)
  const { collection } = found
  const ids = readIds(handling.request.body)
  const write = (i: number) => {
    const id = ids[i]!
    const own = sim.flaws.delete(id, collection.recent.count(sim.now()))
    if (handling.forgotten && handling.fate.happens) collection.forget(id, null)
    const happens = handling.fate.happens && !handling.forgotten
    return { id, ...(happens ? collection.delete(id, own) : NOT_DELETED) }
  }
  const { done, zero } = written(sim, handling, found, { count: ids.length, write })
  const effects = done.map(({ invisible }) => invisible)
  return {
    ...fated(handling.fate),
    ...dueAfter(sim.options, handling.received, effects),
    truth: (acknowledged) => [
      ...zero,
      ...done.map(({ id, invisible, ghost, returned }) => ({
        event: 'delete' as const,
        id,
        ...common(handling, found.name),
        acknowledged,
        invisible,
        ghost,
        returned,
      })),
    ],
  }
}

/** Rows without flaws, visible at once: a preload, a rebuild. */
export const load: Handler = ({ catalog }, { request, received }) => {
  const { name, collection } = catalog.find(request.name)
  const rows = readRows(request.body)
  checkRows(rows, collection.dimensions)
  collection.turnover.reset()
  rows.ids.forEach((id, i) => {
    collection.upsert(id, rows.versions[i]!, vectorOf(rows, i), FLAWLESS)
  })
  return {
    ...ok(),
    truth: () => [{ event: 'load', collection: name, at: received, rows: rows.ids.length }],
  }
}
