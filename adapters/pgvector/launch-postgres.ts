import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Launched } from '../../harness/model/index.ts'
import { IN_MEMORY, isInMemory } from '../tmpfs.ts'
import { accountFor } from './account.ts'
import { findBinaries } from './binaries.ts'
import type { Message, Order } from './guardian.ts'
import { type PgvectorOptions, parseOptions, refuseOption } from './options.ts'
import { OURS } from './settings.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const GUARDIAN = new URL(`./guardian.${extension}`, import.meta.url)

/**
 * Starts PostgreSQL on 127.0.0.1 and a free port, in a throwaway folder, by way of a guardian: a process that ends the
 * server and removes the folder when `stop` is called or this process is gone, however it went. What the server writes is
 * kept in `dir`/postgres.log; an error quotes its end. Where collections shall be on disk, a folder in memory is refused.
 */
export const launchPostgres = async (
  dir: string,
  given: unknown,
  durability?: string,
): Promise<Launched<PgvectorOptions>> => {
  const { settings, ...options } = parseOptions(given)
  if (options.url !== null)
    throw refuseOption('url', 'it is running already, there is nothing to launch')
  const inMemory = isInMemory(tmpdir())
  if (inMemory && durability === 'disk') throw refuseOption('durability', IN_MEMORY)
  const password = randomBytes(16).toString('hex')
  mkdirSync(dir, { recursive: true })
  const order: Order = {
    ...findBinaries(),
    account: accountFor(),
    log: join(dir, 'postgres.log'),
    settings: { ...Object.fromEntries(OURS.map(({ name, value }) => [name, value])), ...settings },
  }
  const guardian = fork(GUARDIAN, [JSON.stringify(order)], {
    execArgv: [],
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => guardian.once('exit', () => resolve()))
  // Not an argument, which every user of the machine could read.
  guardian.send({ password })
  const { port, pid } = await new Promise<Extract<Message, { port: number }>>((resolve, reject) => {
    let why = 'its guardian was ended'
    guardian.once('message', (message: Message) => {
      if ('port' in message) resolve(message)
      else why = message.why
    })
    guardian.once('error', reject)
    guardian.once('exit', () => reject(new Error(`PostgreSQL did not start: ${why}`)))
  })
  return {
    options: {
      ...options,
      settings: {},
      inMemory,
      url: `postgres://driftmark:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
    },
    pid,
    stop: async () => {
      if (guardian.connected) guardian.disconnect()
      await ended
    },
  }
}
