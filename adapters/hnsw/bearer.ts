import { timingSafeEqual } from 'node:crypto'

/** Tells whether the header `authorization` brings the token, in a time that does not tell how much of it is right. Without a token, all may come. */
export const bearerOf = (token: string | undefined): ((header: string | undefined) => boolean) => {
  if (token === undefined) return () => true
  const expected = Buffer.from(`Bearer ${token}`)
  return (header = '') => {
    const given = Buffer.from(header)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
}
