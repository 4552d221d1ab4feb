import type { Held } from './held.ts'
import type { Restored } from './store/journal.ts'
import type { Advance } from './store/turns.ts'
import { batchesOf } from './threads/rows.ts'

/** Rows sent to the writer at once, and such lists that may be under way: it is not to wait for the reading of files. */
const BATCH = 64
const UNDER_WAY = 4

/** Gives the writer the rows of a collection that has none yet. `done` counts them. */
export const restoreRows = async (
  { ask, number, options }: Held,
  rows: Restored['collections'][number]['rows'],
  done: (rows: number) => ReturnType<Advance>,
): Promise<void> => {
  const underWay: Promise<void>[] = []
  for (const batch of batchesOf(rows, options.dimensions, BATCH)) {
    const count = batch.ids.length
    const built = ask('upsert', number, batch)
    // Told below, in its turn.
    built.catch(() => undefined)
    underWay.push(built)
    if (underWay.length === UNDER_WAY) await underWay.shift()
    await done(count)
  }
  await Promise.all(underWay)
}
