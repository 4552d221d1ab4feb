import type { Hit } from '../../harness/model/index.ts'
import { addressesOf } from './address.ts'
import { type Bench, collectionOf } from './bench.ts'
import { claim, unsupported } from './claim.ts'
import { rowOf, rowsOf, vectorOf } from './rows.ts'
import type { Case } from './table.ts'

/** One collection, seen from this process and from another. */
const bothSides = async (bench: Bench) => {
  if (!bench.elsewhere) throw unsupported('no second process was offered to look from')
  if (addressesOf(bench.options).length === 0) {
    throw unsupported('the options name no server: what one process stores no other can see')
  }
  const at = collectionOf(bench.name())
  return { here: await bench.open({ name: at.name }), there: await bench.elsewhere(at) }
}

const has = (id: number, version: number) => (hits: readonly Hit[]) =>
  hits.some((hit) => hit.id === id && (hit.version ?? version) === version)

/**
 * What is stored is stored in the server: a second process, which shares no memory with the adapter that wrote, sees it,
 * and what the second process changes holds for the first.
 */
export const elsewhere: readonly Case[] = [
  {
    name: 'what one process writes another process finds',
    run: async (bench) => {
      const { here, there } = await bothSides(bench)
      await bench.fill(here, rowsOf(5))
      const isMet = (hits: readonly Hit[]) => hits.length === 5
      const question = { vector: vectorOf('query', 0), k: 10, expected: 'five rows', isMet }
      return bench.await(there, question)
    },
  },
  {
    name: 'what another process deletes is no longer returned, not even for its own vector',
    run: async (bench) => {
      const { here, there } = await bothSides(bench)
      const rows = rowsOf(5)
      await bench.fill(here, rows)
      await bench.await(there, {
        vector: rows[3]!.vector,
        k: 10,
        expected: 'five rows',
        isMet: (hits) => hits.length === 5,
      })
      await there.delete([3], bench.signal())
      const question = {
        // As a probe asks: the row's own vector, moved by a ten-thousandth.
        vector: rows[3]!.vector.map((x) => x * 1.0001),
        k: 10,
        expected: 'rows 0, 1, 2, 4 alone: row 3 was deleted by another process',
        isMet: (hits: readonly Hit[]) => hits.length === 4 && hits.every(({ id }) => id !== 3),
      }
      await bench.await(there, question)
      await bench.await(here, question)
    },
  },
  {
    name: 'what another process replaces is returned at its new version',
    run: async (bench) => {
      const { here, there } = await bothSides(bench)
      await bench.fill(here, rowsOf(5))
      const moved = rowOf(2, 1)
      await there.upsert([moved], bench.signal())
      const question = {
        vector: moved.vector,
        k: 1,
        expected: 'row 2 at version 1, which another process wrote',
        isMet: has(2, 1),
      }
      await bench.await(there, question)
      await bench.await(here, question)
      const old = await here.search(rowOf(2, 0).vector, 10, bench.signal())
      claim(!has(2, 0)(old.filter(({ version }) => version !== undefined)), 'version 0 is returned')
    },
  },
]
