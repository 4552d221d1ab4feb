import { type Dispatcher, Pool } from 'undici'
import { type EngineError, refusal } from '../../harness/model/index.ts'

/** Requests to one server over at most `connections` sockets, one request at a time on each. Nothing is sent twice. */
export interface Transport {
  /** Sends bytes as octets, or an object as JSON. Rejects at once when the signal aborts; what was sent may still happen. */
  ask(method: Method, path: string, body: Body, signal?: AbortSignal): Promise<Uint8Array>
  close(): Promise<void>
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
type Body = Uint8Array | object | null

const BINARY = ['content-type', 'application/octet-stream']
const JSON_TYPE = ['content-type', 'application/json']
const FOREVER = 2 ** 31 - 1

/** The token that the server asks for, if it asks for one, is that of the environment: it stands in no option and no run folder. */
export const createTransport = (
  url: string,
  connections: number,
  token = process.env.HNSW_TOKEN,
): Transport => {
  const authorization = token ? ['authorization', `Bearer ${token}`] : []
  const pool = new Pool(url, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: FOREVER,
    keepAliveMaxTimeout: FOREVER,
  })
  return {
    ask: async (method, path, body, signal) => {
      if (pool.closed) throw refusal('hnsw: this engine is closed')
      signal?.throwIfAborted()
      const binary = body instanceof Uint8Array
      const bytes = body === null || binary ? body : Buffer.from(JSON.stringify(body))
      return await dispatch(
        pool,
        {
          method,
          path,
          body: bytes,
          headers: [...(binary ? BINARY : body ? JSON_TYPE : []), ...authorization],
        },
        signal,
      )
    },
    close: () => pool.close(),
  }
}

/** One request by the dispatcher's own callbacks: cheaper than a stream for an answer of one piece. */
const dispatch = (
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  signal?: AbortSignal,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    let controller: Dispatcher.DispatchController | undefined
    const abort = (): void => {
      reject(signal!.reason)
      controller?.abort(signal!.reason)
    }
    const done = (): void => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    pool.dispatch(request, {
      onRequestStart: (started) => {
        controller = started
        if (signal?.aborted) controller.abort(signal.reason)
      },
      onResponseStart: (_, code) => {
        status = code
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk)
      },
      onResponseEnd: () => {
        done()
        const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
        if (status === 200) resolve(body)
        else reject(answeredError(status, body))
      },
      onResponseError: (_, error) => {
        done()
        reject(
          new Error(`hnsw: ${request.method} ${request.path}: ${error.message}`, { cause: error }),
        )
      },
    })
  })

/** 4xx: surely refused. Anything else may have happened. */
const answeredError = (status: number, body: Buffer): EngineError & { status: number } => {
  const message = `hnsw: ${status} ${body.toString()}`
  const error = status >= 400 && status < 500 ? refusal(message) : new Error(message)
  return Object.assign(error, { status })
}

/** For what may be absent: null instead of the error that says so. */
export const unlessAbsent = (error: unknown): null => {
  if (error instanceof Error && 'status' in error && error.status === 404) return null
  throw error
}
