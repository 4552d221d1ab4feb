import type { Hit } from '../../harness/model/index.ts'
import { having, printed } from './bench.ts'
import { claim } from './claim.ts'
import { rowOf, rowsOf } from './rows.ts'
import type { Case } from './table.ts'

/** Where versions are told, they must be this one. */
const isAt = (version: number) => (hit: Hit) => (hit.version ?? version) === version

/** What must be there, and what must be gone, once a write was acknowledged. */
export const writes: readonly Case[] = [
  {
    name: 'an upserted row is found by its own vector',
    run: async (bench) => {
      const engine = await bench.open()
      const row = rowOf(3, 0)
      await engine.upsert([row], bench.signal())
      const isMet = (hits: readonly Hit[]) => hits[0]?.id === 3
      const question = { vector: row.vector, k: 1, expected: 'row 3', isMet }
      const seen = await bench.await(engine, question)
      await bench.see(engine, question)
      return `first seen ${seen}`
    },
  },
  {
    name: 'an upsert replaces the row of its id',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, rowsOf(5, 0))
      const row = rowOf(2, 1)
      await engine.upsert([row], bench.signal())
      await bench.see(engine, {
        vector: row.vector,
        k: 10,
        expected: 'row 2 once, nearest, at version 1, and the four others',
        isMet: (hits) =>
          hits.length === 5 &&
          hits[0]!.id === 2 &&
          isAt(1)(hits[0]!) &&
          new Set(hits.map(({ id }) => id)).size === 5,
      })
    },
  },
  {
    name: 'a deleted row is no longer returned',
    run: async (bench) => {
      const engine = await bench.open()
      const rows = rowsOf(5)
      await bench.fill(engine, rows)
      await engine.delete([1, 3], bench.signal())
      const question = {
        vector: rows[3]!.vector,
        k: 10,
        expected: 'rows 0, 2, 4 alone',
        isMet: (hits: readonly Hit[]) => hits.length === 3 && hits.every(({ id }) => id % 2 === 0),
      }
      const gone = await bench.await(engine, question)
      await bench.see(engine, question)
      return `first gone ${gone}`
    },
  },
  {
    name: 'deleting an absent id changes nothing',
    run: async (bench) => {
      const engine = await bench.open()
      const rows = rowsOf(5)
      await bench.fill(engine, rows)
      await engine.delete([77], bench.signal())
      const isMet = (hits: readonly Hit[]) => hits.length === 5
      await bench.see(engine, { vector: rows[0]!.vector, k: 10, expected: 'all five rows', isMet })
    },
  },
  {
    name: 'a batch of 500 rows is stored whole',
    run: async (bench) => {
      const engine = await bench.open()
      const rows = rowsOf(500)
      await bench.fill(engine, rows)
      for (let id = 0; id < 500; id += 50) {
        const isMet = (hits: readonly Hit[]) => hits[0]?.id === id
        await bench.see(engine, { vector: rows[id]!.vector, k: 10, expected: `row ${id}`, isMet })
      }
      if (!engine.count) return
      const count = await engine.count(bench.signal())
      claim(count === 500, `500 rows were upserted; count says ${count}`)
    },
  },
  {
    name: 'eight upserts of one id at once leave one row at one of their versions',
    run: async (bench) => {
      const engine = await bench.open()
      const versions = Array.from({ length: 8 }, (_, version) => version)
      await Promise.all(
        versions.map((version) => engine.upsert([rowOf(0, version)], bench.signal())),
      )
      await bench.see(engine, {
        vector: rowOf(0, 0).vector,
        k: 10,
        expected: 'row 0, once, at a version from 0 to 7',
        isMet: (hits) =>
          hits.length === 1 && hits[0]!.id === 0 && versions.includes(hits[0]!.version ?? 0),
      })
    },
  },
  {
    name: 'get finds what is stored, at its version, and nothing else',
    run: async (bench) => {
      const engine = having(await bench.open(), 'get')
      await bench.fill(engine, rowsOf(5, 4))
      await engine.delete([1], bench.signal())
      await engine.settle?.(bench.signal())
      const found = await engine.get([0, 1, 3, 77], bench.signal())
      const ids = found.map(({ id }) => id).sort()
      claim(
        ids.join() === '0,3' && found.every(isAt(4)),
        `get of 0, 1 (deleted), 3, 77 (never stored) should give 0@4 3@4; it gave ${printed(found)}`,
      )
    },
  },
  {
    name: 'count counts the rows',
    run: async (bench) => {
      const engine = having(await bench.open(), 'count')
      const before = await engine.count(bench.signal())
      await bench.fill(engine, rowsOf(5))
      await engine.upsert([rowOf(2, 1)], bench.signal())
      await engine.delete([0], bench.signal())
      await engine.settle?.(bench.signal())
      const after = await engine.count(bench.signal())
      claim(
        before === 0 && after === 4,
        `five rows, one replaced, one deleted: count went from ${before} to ${after}, not 0 to 4`,
      )
    },
  },
  {
    name: 'bulkLoad stores as upserts do',
    run: async (bench) => {
      const engine = having(await bench.open(), 'bulkLoad')
      const rows = rowsOf(60, 2)
      const batches = async function* () {
        for (let from = 0; from < rows.length; from += 25) yield rows.slice(from, from + 25)
      }
      await engine.bulkLoad(batches(), bench.signal())
      await bench.see(engine, {
        vector: rows[59]!.vector,
        k: 60,
        expected: 'all 60 rows at version 2, row 59 first',
        isMet: (hits) => hits.length === 60 && hits[0]!.id === 59 && hits.every(isAt(2)),
      })
    },
  },
  {
    name: 'compact keeps every row',
    run: async (bench) => {
      const engine = having(await bench.open(), 'compact')
      const rows = rowsOf(20)
      await bench.fill(engine, rows)
      await engine.delete([0, 1, 2], bench.signal())
      await engine.compact(bench.signal())
      const isMet = (hits: readonly Hit[]) => hits.length === 17 && hits.every(({ id }) => id > 2)
      const expected = 'rows 3 to 19 and no other'
      await bench.see(engine, { vector: rows[5]!.vector, k: 20, expected, isMet })
    },
  },
]
