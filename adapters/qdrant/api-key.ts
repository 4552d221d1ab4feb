import { KEYS } from './options.ts'

/**
 * The header that carries the API key, if the environment has one: it stands in no option and no run folder. As a header
 * of one's own, since the clients' option for it prints a warning at every opening.
 */
export const keyHeader = (): Readonly<Record<string, string>> => {
  const key = KEYS.map((name) => process.env[name]).find((value) => value)
  return key ? { 'api-key': key } : {}
}
