import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launched } from '../../harness/model/index.ts'
import { CRASHED } from './crash.ts'
import { parseOptions, refuseOption, type SimOptions } from './options.ts'
import type { Life } from './server.ts'

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const ENTRY = fileURLToPath(new URL(`./server${extension}`, import.meta.url))

/**
 * Starts a sim with the flaws of the options; a relative `log` stands below `dir`. It ends by `stop`, or with this process.
 * One that crashes as its options say is started again, on the same port; the pid is that of the first process.
 */
export const launch = async (dir: string, options: unknown): Promise<Launched<SimOptions>> => {
  const parsed = parseOptions(options)
  if (parsed.server)
    throw refuseOption('server', 'it is running already, there is nothing to launch')
  await mkdir(dir, { recursive: true })
  const flaws = { ...parsed, log: parsed.log === null ? null : resolve(dir, parsed.log) }
  const own = parsed.crash ? await mkdtemp(join(dir, 'sim-')) : null
  const life: Life | null = own === null ? null : { journal: join(own, 'journal') }
  const first = start(flaws, life)
  const port = await portOf(first)
  const last = life && parsed.crash ? restarting(first, flaws, { life, port }) : () => first
  const pid = first.child.pid!
  return {
    options: { ...flaws, server: { host: '127.0.0.1', port, pid } },
    pid,
    stop: async () => {
      for (let ended: Started | null = null; ended !== last(); ) {
        ended = last()
        if (ended.child.connected) ended.child.disconnect()
        await ended.exited
      }
      if (own !== null) await rm(own, { recursive: true, force: true })
    },
  }
}

interface Started {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
}

const start = (flaws: SimOptions, life: Life | null): Started => {
  const child = fork(ENTRY, [JSON.stringify(flaws), JSON.stringify(life)], {
    execArgv: [],
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return { child, exited: once(child, 'exit') }
}

const portOf = ({ child }: Started): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`sim: the server ended at once (code ${code})`)))
  })

/** Starts the successor of a process that crashed; returns which process is the last one. */
const restarting = (
  first: Started,
  flaws: SimOptions,
  { life, port }: { life: Life; port: number },
): (() => Started) => {
  let last = first
  first.child.once('exit', (code) => {
    if (code !== CRASHED) return
    const from = Number(process.hrtime.bigint() / 1000n) + 1000 * flaws.crash!.down
    last = start(flaws, { ...life, takeUp: { port, from } })
  })
  return () => last
}
