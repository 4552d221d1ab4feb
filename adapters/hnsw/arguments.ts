import { isIPv4 } from 'node:net'
import { parseArgs } from 'node:util'
import { checkToken } from './bearer.ts'
import { readStore, STORE_ARGUMENTS } from './store/arguments.ts'
import { MOST_THREADS } from './threads/index.ts'

/** What `--help` prints. */
export const USAGE = `driftmark-hnsw [--port N] [--data DIR] …: the in-house HNSW engine over HTTP, until Ctrl-C.

  --port N        port to listen on (default 0: a free one, which the first line tells)
  --host HOST     address to listen on (default 127.0.0.1); another machine's reach needs HNSW_TOKEN in the environment
  --threads N     threads that do nothing but search (default 0: searches run beside HTTP; at most ${MOST_THREADS})
  --data DIR      keeps a log and snapshots there (default: everything is in memory and ends with the process)
  --sync WHEN     when a write lasts: always = before it is answered (default), never, or every so many milliseconds
  --segment BYTES size at which the log goes on in another file

Example: driftmark-hnsw --port 7700 --data ./rows
`

/** What the server was started with; null where it was asked for help. Throws one sentence where something is no good. */
export const readArguments = (args: readonly string[], secret = process.env.HNSW_TOKEN) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      threads: { type: 'string', default: '0' },
      ...STORE_ARGUMENTS,
    },
  })
  const { help, host, port, threads, ...of } = values
  if (help) return null
  const token = secret ? checkToken(secret) : undefined
  if (token === undefined && !isOwn(host)) {
    throw new Error(`--host ${host} is open to other machines: set HNSW_TOKEN to a secret`)
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`port: must be from 0 to 65535, not "${port}"`)
  }
  if (!/^\d{1,2}$/.test(threads) || Number(threads) > MOST_THREADS) {
    throw new Error(`--threads must be from 0 to ${MOST_THREADS}, not "${threads}"`)
  }
  return { host, port: Number(port), threads: Number(threads), store: readStore(of), token }
}

/** Does the address lead to this machine alone? */
const isOwn = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

export type Arguments = NonNullable<ReturnType<typeof readArguments>>
