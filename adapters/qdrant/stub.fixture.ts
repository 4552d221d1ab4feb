import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { RECORDED } from './exchanges.fixture.ts'
import { type Answer, bad, ok, type Store, stubRoutes } from './stub-routes.fixture.ts'

/** What a stub was asked: method, path with its query, and body. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: IncomingMessage['headers']
}

/**
 * Answers like Qdrant 1.19.0 over REST, from memory and by exact search: rests on the recorded answers, which a test
 * holds it against. It proves what the adapter asks and how it reads answers; of the engine it proves nothing.
 */
export interface Stub {
  readonly url: string
  readonly asked: readonly Asked[]
  /** What becomes of writes that are waited for; `completed` unless set. */
  writes: 'completed' | 'acknowledged' | 'wait_timeout'
  /** Answers requests itself where it does not answer null. */
  instead: (asked: Asked) => Answer | null
  /** Sockets that clients have opened. */
  sockets(): number
  close(): Promise<void>
}

/** `key`: the API key without which everything is answered 401 in plain text. */
export const openStub = async (key?: string): Promise<Stub> => {
  const asked: Asked[] = []
  const store: Store = { collections: new Map(), aliases: new Map() }
  let sockets = 0
  const server: Server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, body, headers })
    const { status, answer } = answerTo({ method, path, body, headers })
    const text = typeof answer === 'string'
    response.writeHead(status, text ? {} : { 'content-type': 'application/json' })
    response.end(text ? answer : JSON.stringify(answer))
  })
  const answerTo = (one: Asked): Answer => {
    if (key !== undefined && one.headers['api-key'] !== key)
      return { status: 401, answer: RECORDED.keyless.answer as string }
    return stub.instead(one) ?? stubRoutes(store, one, stub.writes) ?? bad(404, '')
  }
  server.on('connection', () => {
    sockets += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const stub: Stub = {
    url: `http://127.0.0.1:${port}`,
    asked,
    writes: 'completed',
    instead: () => null,
    sockets: () => sockets,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return stub
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}

export { bad, ok }
