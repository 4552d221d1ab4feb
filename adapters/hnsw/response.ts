import { type ServerResponse, STATUS_CODES } from 'node:http'
import { isRefused, type Refused } from './refused.ts'
import { BINARY, JSON_TYPE } from './request.ts'
import type { Answer } from './routes.ts'

/** The text of a page is metrics: text format 0.0.4 of Prometheus. */
const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
/** Seconds after which a client may come again that found the queue full, or the server not there yet or any more. */
export const RETRY_AFTER = 1
const COME_AGAIN = ['busy', 'starting', 'stopping']

export const send = (response: ServerResponse, status: number, answer: Answer): void => {
  if (answer instanceof Uint8Array) sendBytes(response, status, BINARY, answer)
  else if (typeof answer === 'string') sendBytes(response, status, TEXT, Buffer.from(answer))
  else sendBytes(response, status, JSON_TYPE, Buffer.from(JSON.stringify(answer)))
}

/** The answer is the last one on its connection, and says so: the client knows that it has to make another. */
export const endAfter = (response: ServerResponse): void => {
  response.setHeader('connection', 'close')
}

/**
 * Sends what was refused, or failed; returns the status. What the server did not foresee is its fault: 500, and the trace on standard
 * error. A client that went away gets nothing.
 */
export const sendError = (response: ServerResponse, error: unknown): number => {
  if (!response.socket || response.socket.destroyed) return GONE
  const { status, code, message } = isRefused(error)
    ? error
    : {
        status: 500,
        code: 'internal',
        message: error instanceof Error ? error.message : `${error}`,
      }
  if (status === 500) process.stderr.write(`${error instanceof Error ? error.stack : message}\n`)
  if (COME_AGAIN.includes(code)) response.setHeader('retry-after', RETRY_AFTER)
  if (isRefused(error) && error.allow !== undefined) response.setHeader('allow', error.allow)
  // What it would send yet is nobody's.
  if (status === 408) endAfter(response)
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  send(response, status, errorOf(code, message))
  return status
}

/** Of a message that repeats what was sent, the client is told so much. */
const TOLD = 500

const errorOf = (code: string, message: string): object => ({
  error: { code, message: message.length > TOLD ? `${message.slice(0, TOLD - 1)}…` : message },
})

/** The same for a connection on which no request could be read: the bytes of an answer, the last one on it. */
export const rawError = ({ status, code, message }: Refused): string => {
  const body = JSON.stringify(errorOf(code, message))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** Nobody was there to be answered; counted under the number that web servers commonly use. */
const GONE = 499

/** Bytes of a small body: as Latin-1 text it leaves with the head in one write, where octets would take a second buffer (a tenth of a search). */
const ONE_WRITE = 16_384

const sendBytes = (
  response: ServerResponse,
  status: number,
  type: string,
  bytes: Uint8Array,
): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length })
  if (bytes.length > ONE_WRITE) response.end(bytes)
  else
    response.end(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
      'latin1',
    )
}
