import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as Listener } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createArrivals } from './arrivals.ts'
import { bearerOf } from './bearer.ts'
import type { Collections } from './collections.ts'
import { createFront, type Front } from './front.ts'
import { LIMITS } from './json.ts'
import { match } from './match.ts'
import { createMetrics } from './metrics.ts'
import { refused } from './refused.ts'
import { discard, isBinary, lengthOf, mostOf, pathOf } from './request.ts'
import { endAfter, send, sendError } from './response.ts'
import { answerTo, PACKED, type Parts, WRITES } from './routes.ts'
import type { Threads } from './threads/index.ts'
import { createWriteQueue, type QueueLimits } from './write-queue.ts'

export interface ServiceOptions {
  /** What requests must bring as `authorization: Bearer …`; without it, none is asked for. */
  readonly token?: string | undefined
  readonly queue?: QueueLimits
  readonly waits?: Partial<Waits>
  /** What listens already; else one that does not yet. */
  readonly front?: Front
}

/** Milliseconds that the service waits for clients. */
export interface Waits {
  /** For more of a body. */
  readonly silence: number
  /** Once it stops, for bodies that are on their way, and for those who do not read their answers. */
  readonly rest: number
  /** Once it stops, for a request that is on its way: nothing came for so long, so the connections are idle. */
  readonly quiet: number
}
const WAITS: Waits = { silence: 30_000, rest: 1000, quiet: 100 }

export interface Service {
  readonly server: Server
  /**
   * Takes no more connections, answers what is under way, refuses what comes on those that there are (503), and closes them: each with its answer, and
   * the idle when nothing comes any more.
   */
  stop(): Promise<void>
}

/** Answered without the token, and the first even by a server that stops. */
const ALIVE = 'GET /healthz'
const READY = 'GET /readyz'

/** The HTTP service. Connections stay open for as long as the client wants them. */
export const createService = (
  collections: Collections,
  threads: Threads,
  { token, queue: limits, waits, front }: ServiceOptions = {},
): Service => {
  const metrics = createMetrics()
  const queue = createWriteQueue(limits)
  const { silence, rest, quiet } = { ...WAITS, ...waits }
  const arrivals = createArrivals(silence)
  const parts: Parts = { collections, threads, metrics, queue }
  const isAllowed = bearerOf(token)
  const underWay = new Set<ServerResponse>()
  let emptied = (): void => undefined
  let begun = 0
  let stopping = false

  const begin = (response: ServerResponse): void => {
    begun++
    underWay.add(response)
    response.once('close', () => {
      underWay.delete(response)
      if (underWay.size === 0) emptied()
    })
  }
  /** It is the last answer on its connection, which ends too where nothing of it is taken for too long. */
  const takeLeave = (response: ServerResponse): void => {
    if (!response.headersSent) endAfter(response)
    response.setTimeout(rest)
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    begin(response)
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
      if (isWrite) {
        // What is not there is told before a place is taken.
        collections.find(matched.name)
        leaveQueue = queue.enter(length)
      }
      const body = await arrivals.bodyOf(request, length, limit)
      began = performance.now()
      if (stopping && route !== ALIVE) throw isStopping()
      const asked = { ...matched, binary: isBinary(request, body, PACKED.has(route)), body }
      const answer = await answerTo(parts, asked)
      if (stopping) takeLeave(response)
      send(response, status, answer)
    } catch (error) {
      if (stopping) takeLeave(response)
      status = sendError(response, error)
      discard(request)
    }
    leaveQueue()
    metrics.answered(route, status, (performance.now() - began) / 1000)
  }
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response)
  const { server } = Object.assign(front ?? createFront(handle), { handle })
  /** Nothing is under way, and nothing comes. */
  const untilQuiet = async (): Promise<void> => {
    for (let before = -1; before !== begun || underWay.size > 0; ) {
      if (underWay.size > 0) await new Promise<void>((resolve) => (emptied = resolve))
      before = begun
      await wait(quiet)
    }
  }
  const stop = async (): Promise<void> => {
    stopping = true
    const closed = once(server, 'close')
    // That of HTTP would cut idle connections too, with the requests that they have brought and nobody has read yet.
    Listener.prototype.close.call(server)
    for (const response of underWay) if (response.headersSent) takeLeave(response)
    const late = setTimeout(() => arrivals.end(isStopping()), rest)
    await Promise.race([closed, untilQuiet()])
    clearTimeout(late)
    server.closeAllConnections()
    server.close()
    metrics.close()
  }
  return { server, stop }
}

const isStopping = () => refused(503, 'stopping', 'the server is stopping')

const unauthorized = () =>
  refused(401, 'unauthorized', 'send the header authorization: Bearer and the token of the server')
