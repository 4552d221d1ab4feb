import { MilvusClient } from '@zilliz/milvus2-sdk-node'
import { type MilvusOptions, refuseOption } from './options.ts'

/** The client's own time-out, ms: a day. The harness ends requests by their signals. */
const NO_TIMEOUT = 86_400_000

/** What the vendor's client is set to; why, is told in docs/milvus.md. */
export const clientConfig = (
  { url, database }: MilvusOptions,
  connections: number,
  token: string | undefined,
) => {
  if (url === null) throw refuseOption('url', 'there is no server; give its address, or launch one')
  return {
    address: url,
    database,
    ...(token ? { token } : {}),
    timeout: NO_TIMEOUT,
    maxRetries: 0,
    telemetry: { enabled: false },
    logLevel: 'error',
    pool: { min: connections, max: connections },
    channelOptions: {
      'grpc.enable_retries': 0,
      // Else all clients of the pool share one connection.
      'grpc.use_local_subchannel_pool': 1,
    },
  }
}

/** Of each server, credentials included, the first client that was built in this thread; it never connects. */
const templates = new Map<string, MilvusClient>()

/** What a client has of its own. The method is private in the package's types, and stands at the version that package.json names. */
interface Own {
  config: ReturnType<typeof clientConfig>
  channelPool: MilvusClient['channelPool']
  createChannelPool(): MilvusClient['channelPool']
}

/**
 * A client that begins to connect; `connectPromise` tells how that ends. To build one takes over 100 ms in which its thread
 * answers nothing, and some are made in mid-run (a second collection, a swap): all but the first share with it what they only
 * read, the message types, and have connections of their own.
 */
export const createClient = (
  options: MilvusOptions,
  connections: number,
  token: string | undefined,
): MilvusClient => {
  const config = clientConfig(options, connections, token)
  const key = JSON.stringify([config.address, config.database, token])
  const template =
    templates.get(key) ??
    new MilvusClient({ ...config, pool: { min: 0, max: 1 }, __SKIP_CONNECT__: true })
  templates.set(key, template)
  const client: MilvusClient = Object.create(template)
  const own = client as unknown as Own
  own.config = config
  own.channelPool = own.createChannelPool()
  client.connect(MilvusClient.sdkInfo.version!)
  return client
}
