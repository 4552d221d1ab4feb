import type { Adapter } from '../../harness/model/index.ts'
import { drop, swap } from './collection.ts'
import { type Connection, connect } from './connection.ts'
import { describeServer } from './describe.ts'
import { openEngine } from './engine.ts'
import { launch } from './launch.ts'
import { checkName, type MilvusOptions, parseOptions } from './options.ts'

/** Milvus; without an address, milvus-lite in a process of its own. */
export const adapter: Adapter<MilvusOptions> = {
  name: 'milvus',
  parse: parseOptions,
  launch,
  open: openEngine,
  describe: describeServer,
  drop: async (options, name) => {
    checkName(name)
    await once(options, (connection) => drop(connection, name))
  },
  swap: async (options, alias, name) => {
    checkName(alias)
    checkName(name)
    await once(options, (connection) => swap(connection, alias, name))
  },
}

export default adapter

/** A connection for one errand. */
const once = async (
  options: MilvusOptions,
  errand: (connection: Connection) => Promise<void>,
): Promise<void> => {
  const connection = await connect(options, 1)
  try {
    await errand(connection)
  } finally {
    await connection.close()
  }
}
