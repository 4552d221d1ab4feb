import { QdrantClient } from '@qdrant/js-client-rest'
import { keyHeader } from './api-key.ts'
import { lost } from './outcome.ts'

type Api = ReturnType<QdrantClient['api']>
type Call = (api: Api, init: RequestInit) => Promise<{ data: unknown }>

/** The vendor's REST client with nothing hidden: the signal ends a request, a redirect is an error, nothing is sent twice. */
export interface Rest {
  /** One request by the client's table of calls; its `result`. A status that is not ok is an error. */
  ask<T>(what: string, signal: AbortSignal, call: Call): Promise<T>
  /** The same for the few answers that have neither status nor result. */
  askBare<T>(what: string, signal: AbortSignal, call: Call): Promise<T>
}

/**
 * `Infinity` is the one time-out under which the client leaves the caller's signal alone. It opens at most `connections`
 * sockets, repeats nothing, and asks for no version at its opening.
 */
export const createRest = (url: string, connections: number, gzip: boolean): Rest => {
  const api = new QdrantClient({
    url,
    timeout: Number.POSITIVE_INFINITY,
    maxConnections: connections,
    checkCompatibility: false,
    headers: { ...keyHeader(), ...(gzip ? {} : { 'accept-encoding': 'identity' }) },
  }).api()
  const askBare = async <T>(what: string, signal: AbortSignal, call: Call): Promise<T> => {
    try {
      return (await call(api, { signal, redirect: 'error' })).data as T
    } catch (error) {
      throw lost(what, error, signal)
    }
  }
  return {
    askBare,
    ask: async <T>(what: string, signal: AbortSignal, call: Call) =>
      resultOf(what, await askBare(what, signal, call)) as T,
  }
}

/** What a proxy answers with 200 is no result. */
const resultOf = (what: string, answer: unknown): unknown => {
  const { status, result } = (answer ?? {}) as { status?: unknown; result?: unknown }
  if (status === 'ok' && result !== undefined) return result
  const quoted = JSON.stringify(answer)?.slice(0, 200)
  throw new Error(`qdrant: ${what}: the server at this url answers ${quoted}, as Qdrant does not`)
}
