import { type Engine, refusal } from '../../harness/model/index.ts'
import type { Connections } from './connections.ts'
import { binaryRows } from './copy.ts'
import { GAUGES, gauges } from './gauges.ts'
import type { PgvectorOptions } from './options.ts'
import * as schema from './schema.ts'
import { identifier, type Shape } from './shape.ts'
import * as sql from './sql.ts'
import { checkedForZero } from './zero.ts'

const COPY = (table: string): string =>
  `COPY ${table} (id, version, embedding) FROM STDIN (FORMAT binary)`

type Maintenance = Required<Pick<Engine, 'bulkLoad' | 'settle' | 'compact' | 'stats'>>

/** What PostgreSQL's manual has an operator do: COPY before the index, ANALYZE, VACUUM, REINDEX, and a look at its statistics. */
export const maintenance = (
  { ask, copy, shared }: Connections,
  shape: Shape,
  options: Pick<PgvectorOptions, 'settle' | 'compact'>,
): Maintenance => {
  const { name } = shape
  const table = identifier(name)
  const indexes = async (signal?: AbortSignal) =>
    (await ask(schema.indexes(name), signal)).map(([index, , valid]) => ({
      index: `${index}`,
      usable: valid === 1,
    }))
  return {
    /** Into the bare table; the index is built over what it then holds. PGlite behind a socket takes no COPY: INSERTs. */
    bulkLoad: async (batches, signal) => {
      for (const { index } of await indexes(signal)) await ask(`DROP INDEX ${index}`, signal)
      const checked = checkedForZero(shape, batches)
      if (shared) for await (const rows of checked) await ask(sql.upsert(name, rows), signal)
      else await copy(COPY(table), binaryRows(checked), signal)
      if (shape.index.kind !== 'exact') await ask(schema.createIndex(shape), signal)
    },
    /** What is committed is searchable; fresh statistics let the planner see that the index is worth it. */
    settle: async (signal) => {
      if (options.settle === 'vacuum') await ask(`VACUUM (ANALYZE) ${table}`, signal)
      if (options.settle === 'analyze') await ask(`ANALYZE ${table}`, signal)
      const broken = (await indexes(signal)).find(({ usable }) => !usable)
      if (broken)
        throw refusal(
          `pgvector: the index ${broken.index} is not valid: it was not built to its end`,
        )
    },
    /** VACUUM removes dead rows from the table and repairs the graph around them; REINDEX builds another graph beside it. */
    compact: async (signal) => {
      if (options.compact !== 'reindex') await ask(`VACUUM ${table}`, signal)
      if (options.compact === 'vacuum') return
      for (const { index } of await indexes(signal))
        await ask(`REINDEX INDEX CONCURRENTLY ${index}`, signal)
    },
    stats: async () => {
      const [row = []] = await ask(gauges(name))
      const names = Object.keys(GAUGES)
      return Object.fromEntries(row.map((value, i) => [names[i], Number(value)]))
    },
  }
}
