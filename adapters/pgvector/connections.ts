import { Client, type ClientConfig, Pool, type PoolClient } from 'pg'
import { refusal } from '../../harness/model/index.ts'
import { copyIn } from './copy.ts'
import { outcomeOf, unsure } from './outcome.ts'

/** Rows as arrays; integers as numbers, all else as text. */
export type Rows = readonly (readonly (number | string | null)[])[]
type Answer = { readonly rows: Rows }

const INTEGERS = [20, 21, 23]
const types = {
  getTypeParser: (oid: number) => (INTEGERS.includes(oid) ? Number : String),
} as unknown as NonNullable<ClientConfig['types']>
const CONNECT_TIMEOUT = 10_000

/** Asks one message of one or more statements; the rows are those of the last. */
const send = async (client: Client | PoolClient, text: string): Promise<Rows> => {
  const answer: unknown = await client.query({ text, rowMode: 'array', types })
  const last = Array.isArray(answer) ? (answer.at(-1) as Answer) : (answer as Answer)
  return last.rows
}

/** Connects, lets `use` ask, disconnects. Errors are the server's own. */
export const once = async <T>(
  url: string,
  use: (ask: (text: string) => Promise<Rows>) => Promise<T>,
): Promise<T> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT })
  client.on('error', ignoreIdleError)
  await client.connect()
  try {
    return await use((text) => send(client, text))
  } finally {
    await client.end()
  }
}

export interface Connections {
  /** All of them are one backend (PGlite), which takes message by message and can neither be cancelled nor copied into. */
  readonly shared: boolean
  /** Rejects with outcome `fail` if nothing was sent or the server refused it, else `unknown`. */
  ask(text: string, signal?: AbortSignal): Promise<Rows>
  /** Streams chunks into a `COPY … FROM STDIN`; rejects as `ask` does. */
  copy(text: string, chunks: AsyncIterable<Buffer>, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** A pool, and what `close` must not leave behind: requests in its queue, connections at work. */
interface Desk {
  readonly pool: Pool
  readonly waiting: Set<() => void>
  readonly busy: Set<PoolClient>
  readonly shared: boolean
}

/**
 * Opens `max` connections and keeps them: none is opened or closed while requests run, unless one breaks. Requests
 * beyond them wait in order. An aborted request rejects at once: its connection is ended, since the server may work on
 * at it; with `shared` (PGlite, where nothing can be cancelled) it stays, and the late answer is dropped.
 */
export const connect = async (
  url: string,
  { max, session, shared }: { max: number; session: string; shared: boolean },
): Promise<Connections> => {
  const pool = new Pool({
    connectionString: url,
    max,
    idleTimeoutMillis: 0,
    onConnect: async (client) => {
      client.on('error', ignoreIdleError)
      if (session !== '') await client.query(session)
    },
  })
  pool.on('error', ignoreIdleError)
  await openAll(pool, max)
  const desk: Desk = { pool, waiting: new Set(), busy: new Set(), shared }
  return {
    shared,
    ask: async (text, signal) =>
      answer(desk, await acquire(desk, signal), (client) => send(client, text), signal),
    copy: async (text, chunks, signal) =>
      answer(desk, await acquire(desk, signal), (client) => copyIn(client, text, chunks), signal),
    close: async () => {
      for (const giveUp of desk.waiting) giveUp()
      for (const client of desk.busy) void client.end()
      await pool.end()
    },
  }
}

/** Opens every connection now, so that no request pays for it. */
const openAll = async (pool: Pool, max: number): Promise<void> => {
  const opened = await Promise.allSettled(Array.from({ length: max }, () => pool.connect()))
  for (const one of opened) if (one.status === 'fulfilled') one.value.release()
  const failed = opened.find((one) => one.status === 'rejected')
  if (!failed) return
  await pool.end()
  const cause: unknown = failed.reason
  throw new Error(`pgvector: of ${max} connections not all open: ${messageOf(cause)}`, { cause })
}

/** The next free connection; what is given up here was surely never sent. */
const acquire = ({ pool, waiting }: Desk, signal?: AbortSignal): Promise<PoolClient> =>
  new Promise((resolve, reject) => {
    let waits = true
    const giveUp = () => {
      waits = false
      reject(refusal('pgvector: aborted or closed before it was sent'))
    }
    if (signal?.aborted) return giveUp()
    const called = () => {
      signal?.removeEventListener('abort', giveUp)
      waiting.delete(giveUp)
    }
    waiting.add(giveUp)
    signal?.addEventListener('abort', giveUp)
    pool.connect().then(
      (client) => {
        called()
        if (waits) resolve(client)
        else client.release()
      },
      (cause) => {
        called()
        reject(refusal(`pgvector: no connection: ${messageOf(cause)}`, { cause }))
      },
    )
  })

/** Sends; gives the connection back when it answers, whoever still waits, or drops it if it may be broken. */
const answer = <T>(
  { busy, shared }: Desk,
  client: PoolClient,
  request: (client: PoolClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      reject(unsure('pgvector: aborted before it was answered'))
      if (!shared) void client.end()
    }
    const done = (broken: boolean) => {
      signal?.removeEventListener('abort', abort)
      busy.delete(client)
      client.release(broken)
    }
    busy.add(client)
    signal?.addEventListener('abort', abort)
    request(client).then(
      (answered) => {
        done(false)
        resolve(answered)
      },
      (error: Error) => {
        const outcome = outcomeOf(error)
        done(outcome === 'unknown')
        reject(Object.assign(error, { outcome }))
      },
    )
    if (signal?.aborted) abort()
  })

/** A connection that breaks while idle leaves the pool; the next request opens another, or rejects with the reason. */
const ignoreIdleError = (): void => {}

const messageOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(messageOf).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)
