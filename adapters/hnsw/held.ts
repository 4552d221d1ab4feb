import { attachHnsw, type HnswReader, type Image } from './engine/index.ts'
import { absent } from './store/catalog.ts'
import type { Journal } from './store/journal.ts'
import type { Settled } from './store/operation.ts'
import { createRoom, type Room } from './threads/room.ts'
import type { Writer } from './threads/writer.ts'

/** An edition of a collection, as this thread searches it. */
export interface View {
  readonly edition: number
  readonly reader: HnswReader
}

/** A collection as this thread holds it; its index is the writer's. */
export interface Held {
  readonly name: string
  /** Of the operation that created it. */
  readonly number: number
  readonly options: Settled
  readonly journal: Journal
  readonly ask: Writer['ask']
  /** To be told of an edition that nobody will ask about any more. */
  forget(edition: number): void
  readonly room: Room
  /** Another one after `clear`. */
  view: View
  dropped: boolean
}

export const hold = (
  of: Pick<Held, 'name' | 'number' | 'options' | 'journal' | 'ask' | 'forget' | 'view'>,
): Held => ({
  ...of,
  room: createRoom((rows) => of.ask('reserve', of.number, rows)),
  dropped: false,
})

/** Has an index made that no collection has yet. Rejects (503) where memory does not suffice. */
export const makeView = async (
  ask: Writer['ask'],
  options: Settled,
  image?: Image,
): Promise<View> => {
  const { edition, shared } = await ask('make', options, image)
  return { edition, reader: attachHnsw(shared) }
}

/** What comes of an index that was made for an operation; where the operation fails, nobody is going to have it. */
export const using = async <Result>(
  { ask, forget }: Pick<Held, 'ask' | 'forget'>,
  view: View,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    giveUp({ view, forget })
    await ask('discard', view.edition)
    throw error
  }
}

/** What was written before is not found from now on. */
export const renew = (held: Held, view: View): void => {
  giveUp(held)
  held.view = view
  held.room.renew()
}

/** Nobody is going to ask about this edition. */
export const giveUp = ({
  view: { edition, reader },
  forget,
}: Pick<Held, 'view' | 'forget'>): void => {
  reader.close()
  forget(edition)
}

/** What was asked before a drop may be committed after it. */
export const checkPresent = (held: Held): void => {
  if (held.dropped) throw absent(held.name)
}
