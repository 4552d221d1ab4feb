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

/** Requests to one server, spread evenly over its sockets. Nothing is sent twice. */
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
  let closed = false
  let requests = 0

  const send = (
    line: Line,
    frame: { verb: Verb; name: string; body: Bytes },
    signal?: AbortSignal,
  ): Promise<Bytes> =>
    new Promise((resolve, reject) => {
      const request = requests
      const settle = (act: () => void) => {
        line.waiting.delete(request)
        signal?.removeEventListener('abort', abort)
        act()
      }
      const abort = () => settle(() => reject(signal!.reason))
      signal?.addEventListener('abort', abort)
      line.waiting.set(request, {
        resolve: (body) => settle(() => resolve(body)),
        reject: (error) => settle(() => reject(error)),
      })
      line.socket.write(requestFrame(request, frame.verb, frame.name, frame.body))
    })

  return {
    ask: async (verb, name, body, signal) => {
      if (closed) throw refusal('sim: this engine is closed')
      signal?.throwIfAborted()
      requests = (requests + 1) % 2 ** 32
      const line = lines[requests % lines.length]!
      if (!line.socket.writable) throw refusal('sim: the connection is lost')
      return send(line, { verb, name, body }, signal)
    },
    close: async () => {
      closed = true
      await Promise.all(lines.map(closeLine))
    },
  }
}

const openLine = async (address: Address): Promise<Line> => {
  const socket = connect({ host: address.host, port: address.port, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
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
