import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One keep-alive connection, one request at a time, with next to no work of its own: so that the server is what is measured. */
export interface Connection {
  /** Sends the bytes of a whole request; resolves with its body when all of the answer is there. Rejects unless the answer is 200. */
  ask(request: Uint8Array): Promise<Buffer>
  close(): void
}

export const open = async (port: number): Promise<Connection> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return connection(socket)
}

const connection = (socket: Socket): Connection => {
  let held: Buffer = Buffer.alloc(0)
  let waiting = Promise.withResolvers<Buffer>()
  const fail = (error: Error): void => waiting.reject(error)
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  socket.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const body = bodyOf(held)
    if (body === null) return
    if (held.toString('latin1', 9, 12) !== '200') fail(new Error(held.toString()))
    held = Buffer.alloc(0)
    waiting.resolve(body)
  })
  waiting.promise.catch(() => undefined)
  return {
    ask: (request) => {
      waiting = Promise.withResolvers()
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

/** The body of a whole answer; null while some of it is missing. */
const bodyOf = (bytes: Buffer): Buffer | null => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1]
  const body = bytes.subarray(end + 4)
  return body.length === Number(length) ? body : null
}

/** A request with octets, as bytes. */
export const requestBytes = (path: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/octet-stream\r\ncontent-length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])
