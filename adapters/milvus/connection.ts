import type { MilvusClient } from '@zilliz/milvus2-sdk-node'
import { createClient } from './client.ts'
import { type MilvusOptions, TOKEN } from './options.ts'
import { isSuccess, type Status, statusError, thrownError, unsure } from './outcome.ts'
import { createSlots } from './slots.ts'

const CONNECT_TIMEOUT = 10_000

export interface Connection {
  /** As the server tells it. */
  readonly version: string
  /** The server is milvus-lite. */
  readonly lite: boolean
  /**
   * Sends one request on a connection of its own, checks the status of the answer. Rejects with outcome `fail` if nothing was
   * sent or the server refused it, else `unknown`; `what` begins the sentence.
   */
  ask<T>(
    what: string,
    request: (client: MilvusClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>
  /** Resolves when the server has answered all that was asked until now, also what was given up since: no signal takes it back. */
  answered(signal: AbortSignal): Promise<void>
  /** Requests under way reject at once. */
  close(): Promise<void>
}

/** Opens `connections` connections and keeps them: no request pays for one. Requests beyond them wait in order. */
export const connect = async (options: MilvusOptions, connections: number): Promise<Connection> => {
  const client = createClient(options, connections, process.env[TOKEN])
  const slots = createSlots(connections)
  const pending = new Set<(error: Error) => void>()
  const unanswered = new Set<Promise<unknown>>()

  const ask: Connection['ask'] = async (what, request, signal) => {
    const taken = slots.take(signal)
    const sent = taken.then(() => request(client))
    const over = Promise.allSettled([sent])
    unanswered.add(over)
    over.then(() => unanswered.delete(over))
    const release = await taken
    sent.then(release, release)
    return answerOf(what, sent, pending, signal)
  }
  const answered = async (signal: AbortSignal) => {
    await answerOf('what was asked before', Promise.all(unanswered), pending, signal, false)
  }
  const close = async () => {
    slots.close()
    const isIdle = slots.taken === 0
    for (const giveUp of pending) giveUp(unsure('milvus: closed before it was answered'))
    const closing = client.closeConnection()
    // It waits for answers; a server that gives none would hold up the run. What is left ends with the thread.
    if (isIdle) await closing
  }
  try {
    const version = await greet(options, client, connections, ask)
    return { version, lite: /lite/i.test(version), ask, answered, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Connects each client of the pool; answers with the server's version. */
const greet = async (
  { url }: MilvusOptions,
  client: MilvusClient,
  connections: number,
  ask: Connection['ask'],
): Promise<string> => {
  const what = `connecting to ${url}`
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT)
  await answerOf(what, client.connectPromise, new Set(), signal, false)
  const versions = await Promise.all(
    Array.from({ length: connections }, () => ask(what, (one) => one.getVersion(), signal)),
  )
  return versions[0]!.version
}

/** What is answered, or the error that the answer is; rejects at once when the signal is aborted or `pending` given up. */
const answerOf = <T>(
  what: string,
  sent: Promise<T>,
  pending: Set<(error: Error) => void>,
  signal?: AbortSignal,
  checked = true,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = () => {
      signal?.removeEventListener('abort', abort)
      pending.delete(giveUp)
    }
    const giveUp = (error: Error) => {
      end()
      reject(error)
    }
    const abort = () => giveUp(unsure(`milvus: ${what}: aborted before it was answered`))
    pending.add(giveUp)
    signal?.addEventListener('abort', abort)
    sent.then(
      (answer) => {
        const status = checked ? statusOf(answer) : { error_code: 0 }
        if (!isSuccess(status)) return giveUp(statusError(what, status))
        end()
        resolve(answer)
      },
      (cause) => giveUp(thrownError(what, cause)),
    )
    if (signal?.aborted) abort()
  })

/** The client turns `not implemented` into an answer with nothing in it. */
const NOT_IMPLEMENTED: Status = { code: 10, reason: 'this server does not implement it' }

const statusOf = (answer: unknown): Status => {
  const { status, ...own } = (answer ?? {}) as { status?: Status } & Status
  return status ?? ('error_code' in own || 'code' in own ? own : NOT_IMPLEMENTED)
}
