import { timingSafeEqual } from 'node:crypto'

/** What a header can carry whole: ASCII that is seen, with spaces inside at most; headers end at 16 KiB. */
const SENDABLE = /^[!-~]([ -~]{0,4094}[!-~])?$/

/** The token, or one sentence where no request could bring it. It is told in no message. */
export const checkToken = (token: string): string => {
  if (SENDABLE.test(token)) return token
  throw new Error(
    'HNSW_TOKEN cannot be sent in a header: take at most 4096 printable characters of ASCII, no space at its ends',
  )
}

/**
 * Tells whether the header `authorization` brings the token, in a time that does not tell how much of it is right. The scheme may be in any case
 * (RFC 9110 §11.1). Without a token, all may come.
 */
export const bearerOf = (token: string | undefined): ((header: string | undefined) => boolean) => {
  if (token === undefined) return () => true
  const expected = Buffer.from(token)
  return (header = '') => {
    const scheme = /^bearer +/i.exec(header)?.[0]
    if (scheme === undefined) return false
    const given = Buffer.from(header.slice(scheme.length))
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
}
