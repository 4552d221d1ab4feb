import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { bearerOf } from './bearer.ts'
import type { Collections } from './collections.ts'
import { createFront, type Front } from './front.ts'
import { LIMITS } from './json.ts'
import { match } from './match.ts'
import { createMetrics } from './metrics.ts'
import { refused } from './refused.ts'
import { bodyOf, discard, isBinary, lengthOf, mostOf, pathOf } from './request.ts'
import { send, sendError } from './response.ts'
import { answerTo, PACKED, type Parts, WRITES } from './routes.ts'
import type { Threads } from './threads/index.ts'
import { createWriteQueue, type QueueLimits } from './write-queue.ts'

export interface ServiceOptions {
  /** What requests must bring as `authorization: Bearer …`; without it, none is asked for. */
  readonly token?: string | undefined
  readonly queue?: QueueLimits
  /** What listens already; else one that does not yet. */
  readonly front?: Front
}

export interface Service {
  readonly server: Server
  /** Refuses what comes from now on (503), answers what is under way, then closes every connection. */
  stop(): Promise<void>
}

/** Answered without the token, and the first even by a server that stops. */
const ALIVE = 'GET /healthz'
const READY = 'GET /readyz'

/** The HTTP service. Connections stay open for as long as the client wants them. */
export const createService = (
  collections: Collections,
  threads: Threads,
  { token, queue: limits, front }: ServiceOptions = {},
): Service => {
  const metrics = createMetrics()
  const queue = createWriteQueue(limits)
  const parts: Parts = { collections, threads, metrics, queue }
  const isAllowed = bearerOf(token)
  const underWay = new Set<ServerResponse>()
  let emptied = (): void => undefined
  let stopping = false

  const enter = (response: ServerResponse): void => {
    if (stopping) throw refused(503, 'stopping', 'the server is stopping')
    underWay.add(response)
  }
  const left = (response: ServerResponse): void => {
    underWay.delete(response)
    if (underWay.size === 0) emptied()
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let route = 'none'
    let leaveQueue = (): void => undefined
    let status = 200
    let began = performance.now()
    try {
      const matched = match(request.method ?? 'GET', pathOf(request))
      route = matched.route
      const isOpen = route === ALIVE || route === READY
      if (!isOpen && !isAllowed(request.headers.authorization)) throw unauthorized()
      const isWrite = WRITES.has(route)
      const limit = isWrite ? mostOf(request) : LIMITS.questionBytes
      const length = lengthOf(request, limit)
      if (isWrite) leaveQueue = queue.enter(length)
      const body = await bodyOf(request, length, limit)
      began = performance.now()
      if (route !== ALIVE) enter(response)
      const asked = { ...matched, binary: isBinary(request, body, PACKED.has(route)), body }
      send(response, status, await answerTo(parts, asked))
    } catch (error) {
      status = sendError(response, error)
      discard(request)
    }
    leaveQueue()
    metrics.answered(route, status, (performance.now() - began) / 1000)
    if (response.closed) left(response)
    else response.once('close', () => left(response))
  }
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response)
  const { server } = Object.assign(front ?? createFront(handle), { handle })
  const stop = async (): Promise<void> => {
    stopping = true
    server.close()
    if (underWay.size > 0) await new Promise<void>((resolve) => (emptied = resolve))
    server.closeAllConnections()
    metrics.close()
  }
  return { server, stop }
}

const unauthorized = () =>
  refused(401, 'unauthorized', 'send the header authorization: Bearer and the token of the server')
