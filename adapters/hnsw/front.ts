import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Refused, refused } from './refused.ts'
import { rawError, sendError } from './response.ts'

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** What listens. Who answers may change while it does: the start first, then the service. */
export interface Front {
  readonly server: Server
  handle: Handle
}

/** Milliseconds in which a request has to arrive whole; between two, a connection may rest for ever. */
const ARRIVAL = 300_000

/** Milliseconds for which a connection is still read that was refused: cut at once, the answer could be lost on its way. */
const LINGER = 1000

/** An HTTP server, not yet listening, that answers in the one error form also what never becomes a request. */
export const createFront = (handle: Handle): Front => {
  const answering = new WeakMap<Duplex, ServerResponse>()
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: ARRIVAL, requireHostHeader: false },
    (request, response) => {
      answering.set(request.socket, response)
      front.handle(request, response)
    },
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (answering.get(socket)?.headersSent) socket.destroy()
    else refuseOn(socket, unreadable(error))
  })
  server.on('connect', (_, socket) =>
    refuseOn(socket, refused(404, 'no-such-route', 'there is no CONNECT')),
  )
  server.on('checkExpectation', ({ headers }, response) => {
    sendError(response, refused(417, 'expectation', `there is no expect: ${headers.expect}`))
  })
  const front: Front = { server, handle }
  return front
}

/** What the parser of HTTP makes of it, as a refusal. */
const unreadable = ({ code, message }: NodeJS.ErrnoException): Refused => {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return refused(431, 'headers', 'the headers have more than 16384 bytes')
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return refused(408, 'timeout', 'the request did not arrive in time')
  }
  return refused(400, 'http', `this is no request of HTTP/1.1: ${message}`)
}

const refuseOn = (socket: Duplex, refusal: Refused): void => {
  if (!socket.writable) return void socket.destroy()
  socket.on('error', () => socket.destroy())
  socket.end(rawError(refusal))
  setTimeout(() => socket.destroy(), LINGER).unref()
}
