import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Launched } from '../../harness/model/index.ts'
import { IN_MEMORY, isInMemory } from '../tmpfs.ts'
import { type HnswOptions, parseOptions, refuseOption } from './options.ts'

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const ENTRY = fileURLToPath(new URL(`./server${extension}`, import.meta.url))
/** The collector of garbage asks no other thread for help: where all processors are busy, its pause is the wait for them. */
const ALONE = '--single-threaded-gc'

/**
 * Starts a server whose complaints go to `dir`/hnsw.log, and waits until it is ready. It ends by `stop`, or with this process. Where collections
 * shall be on disk and no folder is named, it keeps them below `dir`.
 */
export const launch = async (
  dir: string,
  options: unknown,
  durability?: string,
): Promise<Launched<HnswOptions>> => {
  const parsed = parseOptions(options)
  if (parsed.url) throw refuseOption('url', 'it is running already, there is nothing to launch')
  mkdirSync(dir, { recursive: true })
  const log = join(dir, 'hnsw.log')
  const stderr = openSync(log, 'a')
  const { data = durability === 'disk' ? onDisk(dir) : undefined, sync, threads, ...rest } = parsed
  const searching = threads === undefined ? [] : ['--threads', `${threads}`]
  const argv = [ALONE, ENTRY, ...searching, ...storeArguments(data, sync)]
  const child = spawn(process.execPath, argv, {
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'pipe', stderr, 'ipc'],
  })
  closeSync(stderr)
  const exited = once(child, 'exit')
  const url = await Promise.race([readyUrl(child.stdout!), exited.then(() => null)])
  if (url === null) {
    const why = readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)
    throw new Error(`hnsw: the server did not start: ${why} (see ${log})`)
  }
  return {
    options: { ...rest, url },
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** A folder below `dir`, which has to be on a disk for that. */
const onDisk = (dir: string): string => {
  if (isInMemory(dir)) {
    throw refuseOption('durability', `${IN_MEMORY}, or a folder as hnsw:{"data":"./folder"}`)
  }
  return join(dir, 'data')
}

/** Where the server listens, once it says that it is ready: what was in its folder is in memory again. */
const readyUrl = (stdout: Readable): Promise<string> =>
  new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { url: string; ready: boolean }
      if (said.ready) resolve(said.url)
    })
  })

/** The folder is where the person stands who names it, as every other path on the command line. */
const storeArguments = (data: string | undefined, sync: HnswOptions['sync']): string[] => [
  ...(data === undefined ? [] : ['--data', resolve(process.env.INIT_CWD ?? process.cwd(), data)]),
  ...(sync === undefined ? [] : ['--sync', `${sync}`]),
]
