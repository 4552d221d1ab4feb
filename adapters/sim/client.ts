import { connect, type Socket } from 'node:net'
import { type EngineError, refusal } from '../../harness/model/index.ts'
import { readText } from './bodies.ts'
import type { Address } from './options.ts'
import {
  type Answer,
  type Bytes,
  frameReader,
  readAnswer,
  requestFrame,
  type Verb,
} from './protocol.ts'

/** Requests to one server, spread evenly over its sockets. Nothing is sent twice; a lost socket is opened anew for the next request. */
export interface Client {
  /** Rejects at once with the signal's reason; what was sent may still happen. */
  ask(verb: Verb, name: string, body: Bytes, signal?: AbortSignal): Promise<Bytes>
  close(): Promise<void>
}

interface Waiting {
  resolve(body: Bytes): void
  reject(error: unknown): void
}

/** One socket with its unanswered requests. */
interface Line {
  readonly socket: Socket
  readonly waiting: Map<number, Waiting>
}

export const createClient = async (address: Address, connections: number): Promise<Client> => {
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(address)))
  const reopening = new Map<number, Promise<Line>>()
  let closed = false
  let requests = 0

  /** The line that takes the place of a lost one, opened once for all who ask meanwhile. */
  const reopen = (place: number): Promise<Line> => {
    const under = reopening.get(place)
    if (under) return under
    const opening = openLine(address)
      .then((line) => {
        if (closed) line.socket.destroy()
        lines[place] = line
        return line
      })
      .catch((error) => {
        throw refusal('sim: the connection is lost, and there is no new one', { cause: error })
      })
      .finally(() => reopening.delete(place))
    reopening.set(place, opening)
    return opening
  }

  return {
    ask: (verb, name, body, signal) => {
      if (closed) return Promise.reject(refusal('sim: this engine is closed'))
      if (signal?.aborted) return Promise.reject(signal.reason)
      requests = (requests + 1) % 2 ** 32
      const request = requests
      const place = request % lines.length
      const frame = requestFrame(request, verb, name, body)
      const line = lines[place]!
      if (line.socket.writable) return send(line, request, frame, signal)
      return reopen(place).then((anew) => {
        signal?.throwIfAborted()
        return send(anew, request, frame, signal)
      })
    },
    close: async () => {
      closed = true
      await Promise.all(lines.map(closeLine))
    },
  }
}

const send = (
  { socket, waiting }: Line,
  request: number,
  frame: Buffer,
  signal: AbortSignal | undefined,
): Promise<Bytes> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      waiting.delete(request)
      signal?.removeEventListener('abort', abort)
      act()
    }
    const abort = () => settle(() => reject(signal!.reason))
    signal?.addEventListener('abort', abort)
    waiting.set(request, {
      resolve: (body) => settle(() => resolve(body)),
      reject: (error) => settle(() => reject(error)),
    })
    socket.write(frame)
  })

const openLine = async (address: Address): Promise<Line> => {
  const socket = connect({ host: address.host, port: address.port, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  // Where nobody listens, the system may join a socket to itself (RFC 9293 §3.5): that is no server.
  if (socket.localPort === address.port && socket.localAddress === socket.remoteAddress) {
    socket.resetAndDestroy()
    throw new Error(`connect ECONNREFUSED ${address.host}:${address.port}`)
  }
  const waiting = new Map<number, Waiting>()
  socket.on(
    'data',
    frameReader((frame) => settle(waiting, readAnswer(frame))),
  )
  let cause: unknown
  socket.on('error', (error) => {
    cause = error
  })
  socket.on('close', () => {
    for (const request of [...waiting.values()]) {
      request.reject(new Error('sim: the connection was lost before the answer came', { cause }))
    }
  })
  return { socket, waiting }
}

/** An answer whose request was given up is nobody's. */
const settle = (waiting: Map<number, Waiting>, { request, status, body }: Answer): void => {
  const asker = waiting.get(request)
  if (status === 'ok') asker?.resolve(body)
  else asker?.reject(answeredError(readText(body), status))
}

const answeredError = (message: string, outcome: 'fail' | 'unknown'): EngineError =>
  Object.assign(new Error(`sim: ${message}`), { outcome })

const closeLine = ({ socket }: Line): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    socket.destroy()
  })
