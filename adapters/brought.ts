import { fileURLToPath } from 'node:url'

const root = import.meta.url.endsWith('.ts') ? '..' : '../..'

/** The folder into which `npm run servers -- NAME` brings a server; git ignores it. */
export const broughtTo = (name: string): string =>
  fileURLToPath(new URL(`${root}/.servers/${name}`, import.meta.url))
