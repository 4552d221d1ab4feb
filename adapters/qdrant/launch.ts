import { fork } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Launched } from '../../harness/model/index.ts'
import { IN_MEMORY, isInMemory } from '../tmpfs.ts'
import { parseOptions, type QdrantOptions, refuseOption } from './options.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const KEEPER = new URL(`./keeper.${extension}`, import.meta.url)
const HOST = '127.0.0.1'
/** Within which a server must be ready, in ms, and between two questions whether it is. */
const PATIENCE = 60_000
const PAUSE = 50
/** Of the log of a server that did not start, the last lines are quoted. */
const QUOTED = 5

/** The server to launch: what DRIFTMARK_QDRANT names, else `qdrant` on PATH; null if there is none. */
export const findServer = (env: NodeJS.ProcessEnv = process.env): string | null => {
  const named = env.DRIFTMARK_QDRANT
  if (named) {
    if (isExecutable(named)) return resolve(named)
    throw new Error(`qdrant: DRIFTMARK_QDRANT names ${named}, which is no program that can be run`)
  }
  const places = (env.PATH ?? '').split(delimiter).filter((place) => place !== '')
  return places.map((place) => join(place, 'qdrant')).find(isExecutable) ?? null
}

export const NO_SERVER =
  'qdrant: no server was found: put the program qdrant on PATH or name it in DRIFTMARK_QDRANT; or run "docker compose --profile qdrant up -d" and give qdrant=http://127.0.0.1:6333 (docs/qdrant.md)'

/**
 * Starts a server on 127.0.0.1 and two free ports, with everything below `dir` and its log in `dir`/qdrant.log; waits
 * until /readyz says so. It ends by `stop`, or with this process, however that ends (keeper.ts). Where collections shall be
 * on disk, a folder in memory is refused.
 */
export const launch = async (
  dir: string,
  given: unknown,
  durability?: string,
): Promise<Launched<QdrantOptions>> => {
  const options = parseOptions(given)
  if (options.url !== null)
    throw refuseOption('url', 'that server runs already, there is nothing to launch')
  const program = findServer()
  if (program === null) throw new Error(NO_SERVER)
  const home = resolve(dir, 'qdrant')
  const log = resolve(dir, 'qdrant.log')
  mkdirSync(home, { recursive: true })
  const inMemory = isInMemory(home)
  if (inMemory && durability === 'disk') throw refuseOption('durability', IN_MEMORY)
  const [http, grpc] = await freePorts()
  const keeper = fork(KEEPER, [program, home, log], {
    execArgv: [],
    env: { ...foreign(process.env), ...settings(home, http, grpc) },
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = once(keeper, 'exit')
  const stop = async () => {
    if (keeper.connected) keeper.disconnect()
    await ended
  }
  const url = `http://${HOST}:${http}`
  try {
    const [{ pid }] = (await Promise.race([
      once(keeper, 'message'),
      ended.then(() => Promise.reject(new Error('it ended at once'))),
    ])) as [{ pid: number }]
    await ready(url, ended)
    const grpcUrl = options.transport === 'grpc' ? `http://${HOST}:${grpc}` : null
    return { options: { ...options, url, grpcUrl, inMemory }, pid, stop }
  } catch (cause) {
    await stop()
    const why = `${(cause as Error).message}; its log ends: ${tail(log)} (${log})`
    throw new Error(`qdrant: the server ${program} did not start: ${why}`, { cause })
  }
}

/** The environment without settings of another Qdrant. */
const foreign = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('QDRANT__')))

/** What the throwaway server is told; all else is its default. */
const settings = (home: string, http: number, grpc: number): Readonly<Record<string, string>> => ({
  QDRANT__SERVICE__HOST: HOST,
  QDRANT__SERVICE__HTTP_PORT: String(http),
  QDRANT__SERVICE__GRPC_PORT: String(grpc),
  QDRANT__STORAGE__STORAGE_PATH: join(home, 'storage'),
  QDRANT__STORAGE__SNAPSHOTS_PATH: join(home, 'snapshots'),
  QDRANT__TELEMETRY_DISABLED: 'true',
})

const ready = async (url: string, ended: Promise<unknown>): Promise<void> => {
  let over = false
  void ended.then(() => {
    over = true
  })
  const until = performance.now() + PATIENCE
  while (performance.now() < until) {
    if (over) throw new Error('it ended before it was ready')
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.ok) return
    await sleep(PAUSE)
  }
  throw new Error(`it was not ready within ${PATIENCE / 1_000} s`)
}

/** Two ports that are free now, both held until both are known. */
const freePorts = async (): Promise<[number, number]> => {
  const servers = [createServer(), createServer()]
  const ports = []
  for (const server of servers) {
    server.listen(0, HOST)
    await once(server, 'listening')
    ports.push((server.address() as { port: number }).port)
  }
  for (const server of servers) {
    server.close()
    await once(server, 'close')
  }
  return ports as [number, number]
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const tail = (log: string): string => {
  const lines = readFileSync(log, { encoding: 'utf8', flag: 'a+' }).trim().split('\n')
  return lines.slice(-QUOTED).join(' | ') || 'it is empty'
}
