import { fork } from 'node:child_process'
import type { Launched } from '../../harness/model/index.ts'
import { type PgvectorOptions, parseOptions, refuseOption } from './options.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const ENTRY = new URL(`./pglite.${extension}`, import.meta.url)
/** Of what the child wrote before it ended, the last characters are quoted. */
const QUOTED = 2_000

/**
 * Starts PGlite with pgvector in a process of its own, on 127.0.0.1 and a free port. All is kept in memory, nothing
 * is written below `dir`. The child ends with `stop`, or when this process does. Errors quote what it wrote.
 */
export const launch = async (_dir: string, given: unknown): Promise<Launched<PgvectorOptions>> => {
  const options = parseOptions(given)
  if (Object.keys(options.settings).length > 0)
    throw refuseOption(
      'settings',
      'PGlite takes none; the target postgres launches a server that does',
    )
  const child = fork(ENTRY, {
    execArgv: [],
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let written = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    written = (written + text).slice(-QUOTED)
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('error', reject)
    child.once('close', (code, signal) =>
      reject(new Error(`PGlite did not start (${signal ?? `exit ${code}`}): ${written.trim()}`)),
    )
  })
  return {
    options: { ...options, url: `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable` },
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
