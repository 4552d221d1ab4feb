import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launched } from '../../harness/model/index.ts'
import { parseOptions, type SimOptions } from './options.ts'

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const ENTRY = fileURLToPath(new URL(`./server${extension}`, import.meta.url))

/** Starts a sim with the flaws of the options; a relative `log` stands below `dir`. It ends by `stop`, or with this process. */
export const launch = async (dir: string, options: unknown): Promise<Launched<SimOptions>> => {
  const parsed = parseOptions(options)
  if (parsed.server)
    throw new Error('sim: server: it is running already, there is nothing to launch')
  await mkdir(dir, { recursive: true })
  const flaws = { ...parsed, log: parsed.log === null ? null : resolve(dir, parsed.log) }
  const child = fork(ENTRY, [JSON.stringify(flaws)], {
    execArgv: [],
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`sim: the server ended at once (code ${code})`)))
  })
  const pid = child.pid!
  return {
    options: { ...flaws, server: { host: '127.0.0.1', port, pid } },
    pid,
    stop: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
