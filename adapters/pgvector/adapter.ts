import type { Adapter } from '../../harness/model/index.ts'
import { once } from './connections.ts'
import { describeServer } from './describe.ts'
import { openEngine } from './engine.ts'
import { launch } from './launch.ts'
import { checkName, type PgvectorOptions, parseOptions, refuseOption } from './options.ts'
import { sqlState } from './outcome.ts'
import * as schema from './schema.ts'

const urlOf = ({ url }: PgvectorOptions): string => {
  if (url === null) throw refuseOption('url', 'there is no server; give its URL, or launch one')
  return url
}
/** SQLSTATE invalid_table_definition: a view cannot change the dimensions of its column. */
const OTHER_COLUMNS = '42P16'

/** PostgreSQL with pgvector; without a URL, PGlite in a process of its own. */
export const adapter: Adapter<PgvectorOptions> = {
  name: 'pgvector',
  parse: parseOptions,
  open: async (options, at) => openEngine(urlOf(options), options, at),
  describe: async (options, at) => describeServer(urlOf(options), options, at),
  launch,
  /** Drops a collection, with the aliases that point at it, or an alias alone. */
  drop: async (options, name) => {
    checkName(name)
    await once(urlOf(options), async (ask) => {
      const [found] = await ask(schema.relation(name))
      if (found) await ask(schema.drop(name, String(found[0])))
    })
  },
  /** An alias is a view. */
  swap: async (options, alias, name) => {
    checkName(alias)
    checkName(name)
    await once(urlOf(options), async (ask) => {
      try {
        await ask(schema.pointAlias(alias, name))
      } catch (error) {
        if (sqlState(error) !== OTHER_COLUMNS) throw error
        await ask(schema.renewAlias(alias, name))
      }
    })
  },
}

export default adapter
