/**
 * Entry of the process between driftmark and a launched PostgreSQL: starts the server in a folder of its own, tells the
 * parent its port, and ends it when the parent is gone: the channel to the parent closes even where the parent was killed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'

/** What is to be started. */
export interface Order extends Binaries {
  /** As whom; null: as who starts it. */
  readonly account: Account | null
  /** The file that gets what the server writes. */
  readonly log: string
  readonly settings: Readonly<Record<string, string>>
}

/** What the parent is told, once. */
export type Message = { readonly port: number; readonly pid: number } | { readonly why: string }

/** Of what was written before a failure, the last characters are quoted. */
const QUOTED = 2_000
const READY = 'database system is ready to accept connections'
/** How long, in ms, a server may take to end before it is killed. */
const PATIENCE = 10_000

const order = JSON.parse(process.argv[2]!) as Order
const home = mkdtempSync(join(tmpdir(), 'driftmark-postgres-'))
const data = join(home, 'data')
const as = order.account ? { uid: order.account.uid, gid: order.account.gid } : {}
/** No PG… variable of the caller reaches the server. */
const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }

let written = ''
let child: ChildProcess | null = null
/** The last program that was started has ended, and every process that it started. */
let closed: Promise<unknown> = Promise.resolve()
let ending = false

const keep = (text: Buffer): void => {
  appendFileSync(order.log, text)
  written = (written + text).slice(-QUOTED)
}

/** Starts a program of PostgreSQL; what it writes goes to the log. */
const start = (bin: string, program: string, words: readonly string[]): ChildProcess => {
  child = spawn(join(bin, program), words, {
    ...as,
    env,
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout!.on('data', keep)
  child.stderr!.on('data', keep)
  closed = once(child, 'close')
  return child
}

/** Runs one to its end; it must succeed. */
const run = async (bin: string, program: string, words: readonly string[]): Promise<void> => {
  const [code, signal] = await once(start(bin, program, words), 'close')
  if (code !== 0) throw new Error(`${program} failed (${signal ?? `exit ${code}`}): ${quoted()}`)
}

const quoted = (): string => `${written.trim()} (see ${order.log})`

/** Gives the folder to the account, and a copy of the programs where the account cannot reach them. */
const handOver = ({ account, bin, whole }: Order): string => {
  if (!account) return bin
  const reached = spawnSync(join(bin, 'postgres'), ['--version'], { ...as, cwd: '/' }).status === 0
  if (!reached && whole === null)
    throw new Error(
      `PostgreSQL does not run as root, and the account ${account.name} cannot reach ${bin}`,
    )
  if (!reached) cpSync(whole!, join(home, 'server'), { recursive: true, verbatimSymlinks: true })
  const { status, stderr } = spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, home])
  if (status !== 0) throw new Error(`the folder cannot be given to ${account.name}: ${stderr}`)
  return reached ? bin : join(home, 'server', relative(whole!, bin))
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const serve = async (password: string): Promise<Message> => {
  writeFileSync(join(home, 'password'), password, { mode: 0o600 })
  const bin = handOver(order)
  await run(bin, 'initdb', [
    ...['-D', data, '-U', 'driftmark', '-A', 'scram-sha-256', '--pwfile', join(home, 'password')],
    ...['-E', 'UTF8', '--no-locale', '--no-sync'],
  ])
  rmSync(join(home, 'password'))
  const port = await freePort()
  const settings = Object.entries({ ...order.settings, port: `${port}` })
  const server = start(bin, 'postgres', [
    ...['-D', data],
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  while (!written.includes(READY)) {
    await Promise.race([once(server.stderr!, 'data'), closed])
    const { exitCode, signalCode } = server
    if (exitCode !== null || signalCode !== null)
      throw new Error(`${signalCode ?? `exit ${exitCode}`}: ${quoted()}`)
  }
  return { port, pid: server.pid! }
}

/**
 * A server that was killed leaves shared memory behind, which the next start in its folder removes: one in single-user mode
 * that reads no command and ends.
 */
const sweep = (bin: string): void => {
  spawnSync(join(bin, 'postgres'), ['--single', '-D', data, 'postgres'], { ...as, env, input: '' })
}

/** Ends what runs, at once: nothing of it is kept. */
const end = async (): Promise<void> => {
  if (ending) return
  ending = true
  child?.kill('SIGQUIT')
  const impatience = setTimeout(() => child?.kill('SIGKILL'), PATIENCE)
  await closed
  clearTimeout(impatience)
  if (child?.signalCode) sweep(dirname(child.spawnfile))
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  process.exit()
}

process.on('SIGINT', () => {})
process.once('SIGTERM', end)
process.once('disconnect', end)
process.once('message', ({ password }: { password: string }) => {
  serve(password).then(
    (message) => process.send?.(message),
    (error: Error) => {
      process.send?.({ why: error.message } satisfies Message)
      process.disconnect?.()
    },
  )
})
