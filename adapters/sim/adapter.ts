import {
  type Adapter,
  type Collection,
  type Engine,
  type Facts,
  refusal,
  type Stored,
} from '../../harness/model/index.ts'
import { idsBody, jsonBody, queryBody, readHits, readJson, rowsBody, textBody } from './bodies.ts'
import { type Client, createClient } from './client.ts'
import { launch } from './launch.ts'
import { type Address, checkName, parseOptions, refuseOption, type SimOptions } from './options.ts'
import { type Bytes, NOTHING, type Verb } from './protocol.ts'

const addressOf = ({ server }: SimOptions): Address => {
  if (!server) throw refuseOption('server', 'none is given and none was launched')
  return server
}

const checkCollection = ({ name, consistency, durability }: Collection): void => {
  checkName(name)
  for (const [option, value] of Object.entries({ consistency, durability })) {
    if (value !== 'default') throw refuseOption(option, `"${value}" is unknown; there is default`)
  }
}

/** The sim: exact search in a process of its own, with chosen flaws. An effort changes nothing. */
export const adapter: Adapter<SimOptions> = {
  name: 'sim',
  parse: parseOptions,
  open: async (options, at) => {
    checkCollection(at)
    const client = await createClient(addressOf(options), at.connections)
    try {
      const { dimensions, metric } = at
      await client.ask('open', at.name, jsonBody({ dimensions, metric }))
    } catch (error) {
      await client.close()
      throw error
    }
    return engineOf(client, at)
  },
  drop: async (options, name) => {
    await askOnce(options, 'drop', name)
  },
  swap: async (options, alias, name) => {
    checkName(name)
    await askOnce(options, 'swap', alias, textBody(name))
  },
  launch,
  describe: async (options, at) => {
    const server = readJson(await askOnce(options, 'facts', '')) as SimOptions
    return {
      version: '1',
      index: at?.index.kind === 'exact' ? 'exact' : 'exact, its flaws in the place of an index',
      durability: 'memory: nothing is kept',
      consistency: 'latest: but for the flaws that are asked for',
      ...flawsOf(server),
    }
  },
}
export default adapter

/** The options, address and log apart, as plain values. */
const flawsOf = ({
  server: _,
  log: __,
  logSearches: ___,
  acknowledge,
  ...flaws
}: SimOptions): Facts => {
  const plain = Object.entries(flaws).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  ])
  const acknowledgement =
    typeof acknowledge === 'object'
      ? `searchable: ${acknowledge.after} ms after visibility`
      : `${acknowledge === 'after' ? 'searchable' : 'logged'}: ${acknowledge} visibility`
  return { acknowledgement, ...(Object.fromEntries(plain) as Facts) }
}

/** One request on a connection of its own. */
const askOnce = async (
  options: SimOptions,
  verb: Verb,
  name: string,
  body: Bytes = NOTHING,
): Promise<Bytes> => {
  if (verb !== 'facts') checkName(name)
  const client = await createClient(addressOf(options), 1)
  try {
    return await client.ask(verb, name, body)
  } finally {
    await client.close()
  }
}

const engineOf = (client: Client, at: Collection): Engine => {
  const ask = (verb: Verb, body: Bytes, signal?: AbortSignal) =>
    client.ask(verb, at.name, body, signal)
  /** A batch has one number of dimensions on the wire. */
  const batch = (rows: readonly Stored[]): Bytes => {
    const odd = rows.find(({ vector }) => vector.length !== at.dimensions)
    if (!odd) return rowsBody(rows)
    throw refusal(
      `sim: the vector of row ${odd.id} has ${odd.vector.length} dimensions, not ${at.dimensions}`,
    )
  }
  const find = async (verb: Verb, vector: Float32Array, k: number, signal: AbortSignal) => {
    if (!Number.isInteger(k) || k < 1) throw refusal(`sim: k is ${k}, not a whole number from 1 on`)
    return readHits(await ask(verb, queryBody(vector, k), signal))
  }
  return {
    upsert: async (rows, signal) => void (await ask('upsert', batch(rows), signal)),
    delete: async (ids, signal) => void (await ask('delete', idsBody(ids), signal)),
    search: (vector, k, signal) => find('search', vector, k, signal),
    exact: (vector, k, signal) => find('exact', vector, k, signal),
    close: client.close,
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) await ask('load', batch(rows), signal)
    },
    get: async (ids, signal) => readHits(await ask('get', idsBody(ids), signal)),
    count: async (signal) => readJson(await ask('count', NOTHING, signal)) as number,
    settle: async (signal) => void (await ask('settle', NOTHING, signal)),
    compact: async (signal) => void (await ask('compact', NOTHING, signal)),
    stats: async () => readJson(await ask('stats', NOTHING)) as Record<string, number>,
    plan: async () => (at.index.kind === 'exact' ? 'exact' : 'index'),
  }
}
