import type { IncomingMessage } from 'node:http'
import { LIMITS } from './json.ts'
import { refused } from './refused.ts'

export const BINARY = 'application/octet-stream'
export const JSON_TYPE = 'application/json'

/** The path, without what may follow a question mark, or come before it: a proxy may send the whole address. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]+\/?/i, '/')
}

/** HEAD is GET, whose answer leaves without its body. */
export const servedAs = (method: string): string => (method === 'HEAD' ? 'GET' : method)

/** Bytes that a write may have: fewer where it is JSON. */
export const mostOf = ({ headers }: IncomingMessage): number =>
  headers['content-type']?.startsWith(BINARY) ? LIMITS.bodyBytes : LIMITS.jsonBytes

/** Bytes that the body will have; of one that does not tell, the most that are taken. Refuses a body beyond these. */
export const lengthOf = ({ headers }: IncomingMessage, limit: number): number => {
  const { 'content-length': told, 'transfer-encoding': encoding } = headers
  const bytes = told === undefined ? (encoding === undefined ? 0 : limit) : Number(told)
  if (bytes > limit) throw tooLarge(`${bytes} bytes`, limit)
  return bytes
}

/** Is it octets, where they are taken? Else it is JSON, or empty; anything else is refused. */
export const isBinary = (
  { headers }: IncomingMessage,
  body: Uint8Array,
  takesOctets: boolean,
): boolean => {
  const { 'content-type': given, 'content-encoding': encoding = 'identity' } = headers
  if (encoding !== 'identity') {
    throw refused(400, 'content-encoding', `send the body as it is, not as ${encoding}`)
  }
  if (given === BINARY && takesOctets) return true
  const type = given?.split(';')[0]?.trim().toLowerCase()
  if (type === BINARY && takesOctets) return true
  if (body.length === 0 || type === JSON_TYPE) return false
  throw refused(400, 'content-type', `send ${takesOctets ? `${BINARY}, or ` : ''}${JSON_TYPE}`)
}

/** Reads what is left of a body that was refused, so that the connection can go on; one that does not end is cut. */
export const discard = (request: IncomingMessage): void => {
  if (request.complete) return
  let left: number = LIMITS.bodyBytes
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
}

export const tooLarge = (found: string, limit: number) =>
  refused(413, 'too-large', `the body has ${found}, at most ${limit} are taken here`)
