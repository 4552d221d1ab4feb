import type { IncomingMessage } from 'node:http'
import { refused } from './refused.ts'

export const BINARY = 'application/octet-stream'
export const JSON_TYPE = 'application/json'

/** The path, without what may follow a question mark. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

/** Bytes that the body will have; of one that does not tell, the most that are taken. Refuses a body beyond these. */
export const lengthOf = ({ headers }: IncomingMessage, limit: number): number => {
  const { 'content-length': told, 'transfer-encoding': encoding } = headers
  const bytes = told === undefined ? (encoding === undefined ? 0 : limit) : Number(told)
  if (bytes > limit) throw tooLarge(`${bytes} bytes`, limit)
  return bytes
}

/** Is it octets? Else it is JSON, or empty; anything else is refused. */
export const isBinary = ({ headers }: IncomingMessage, body: Uint8Array): boolean => {
  const given = headers['content-type']
  if (given === BINARY) return true
  const type = given?.split(';')[0]?.trim().toLowerCase()
  if (body.length === 0 || type === JSON_TYPE || type === BINARY) return type === BINARY
  throw refused(400, 'content-type', `send ${JSON_TYPE}, or ${BINARY}`)
}

const EMPTY = new Uint8Array(0)

/** The whole body. Rejects where it grows beyond the limit (what is left of it is read and thrown away) or the client goes. */
export const bodyOf = (request: IncomingMessage, length: number, limit: number) =>
  length === 0
    ? EMPTY
    : new Promise<Uint8Array>((resolve, reject) => {
        const chunks: Buffer[] = []
        let bytes = 0
        const take = (chunk: Buffer): void => {
          bytes += chunk.length
          if (bytes <= limit) return void chunks.push(chunk)
          request.off('data', take).resume()
          reject(tooLarge('more bytes', limit))
        }
        request.on('data', take)
        request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
        request.on('error', reject)
      })

const tooLarge = (found: string, limit: number) =>
  refused(413, 'too-large', `the body has ${found}, at most ${limit} are taken here`)
