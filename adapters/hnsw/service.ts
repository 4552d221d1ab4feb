import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Collections, createCollections } from './collections.ts'
import { LIMITS } from './json.ts'
import { isRefused, refused } from './refused.ts'
import { type Asked, answerTo } from './routes.ts'

const BINARY = 'application/octet-stream'
const JSON_TYPE = 'application/json'

export interface Service {
  readonly server: Server
  /** Refuses what comes from now on (503), answers what is under way, then closes every connection. */
  stop(): Promise<void>
}

/** The HTTP service, not yet listening. Connections stay open for as long as the client wants them. */
export const createService = (collections: Collections = createCollections()): Service => {
  const underWay = new Set<Promise<void>>()
  let stopping = false

  const answer = async (asked: Asked, response: ServerResponse): Promise<void> => {
    const closed = once(response, 'close')
    try {
      if (stopping) throw refused(503, 'stopping', 'the server is stopping')
      send(response, 200, await answerTo(collections, asked))
    } catch (error) {
      sendError(response, error)
    }
    await closed
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const work = answer(await read(request), response)
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
    } catch (error) {
      sendError(response, error)
    }
  }
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void serve(request, response)
  })
  const stop = async (): Promise<void> => {
    stopping = true
    server.close()
    await Promise.all(underWay)
    server.closeAllConnections()
  }
  return { server, stop }
}

const read = async (request: IncomingMessage): Promise<Asked> => {
  const body = await bodyOf(request)
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (body.length > 0 && type !== BINARY && type !== JSON_TYPE) {
    throw refused(400, 'content-type', `send ${JSON_TYPE}, or ${BINARY}`)
  }
  const path = (request.url ?? '/').split('?')[0]!
  return { method: request.method ?? 'GET', path, binary: type === BINARY, body }
}

/** The whole body. Of one that is too large the rest is read and thrown away, so that the client gets to see the answer. */
const bodyOf = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= LIMITS.bodyBytes) chunks.push(chunk)
  }
  if (bytes <= LIMITS.bodyBytes) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  throw refused(
    413,
    'too-large',
    `the body has ${bytes} bytes, at most ${LIMITS.bodyBytes} are taken`,
  )
}

const send = (response: ServerResponse, status: number, body: Uint8Array | object): void => {
  const binary = body instanceof Uint8Array
  const bytes = binary ? body : Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': binary ? BINARY : JSON_TYPE,
    'content-length': bytes.length,
  })
  response.end(bytes)
}

/** What the server did not foresee is its fault: 500, and the trace on standard error. A client that went away gets nothing. */
const sendError = (response: ServerResponse, error: unknown): void => {
  if (!response.socket || response.socket.destroyed) return
  const { status, code, message } = isRefused(error)
    ? error
    : {
        status: 500,
        code: 'internal',
        message: error instanceof Error ? error.message : `${error}`,
      }
  if (status === 500) process.stderr.write(`${error instanceof Error ? error.stack : message}\n`)
  send(response, status, { error: { code, message } })
}
