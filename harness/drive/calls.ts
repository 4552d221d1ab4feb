import type { Worker } from 'node:worker_threads'
import { problem } from '../errors.ts'
import { type Ask, errorOf, type Told, type VerbName, type Verbs } from './sender/protocol.ts'

/** A sender that says nothing for so long, in milliseconds, is stuck: it tells every second that it lives. */
const SILENCE = 60_000

export interface Calls {
  ask<V extends VerbName>(verb: V, argument: Verbs[V][0]): Promise<Verbs[V][1]>
  /** Asks the sender to close, then ends its thread. */
  close(): Promise<void>
}

interface Pending {
  resolve(value: never): void
  reject(error: Error): void
}

/**
 * Questions to the sender's thread; `hear` gets all that is not an answer. Every question is answered, by an error if
 * the thread dies or is stuck.
 */
export const createCalls = (worker: Worker, hear: (told: Told) => void): Calls => {
  const pending = new Map<number, Pending>()
  let asked = 0
  let dead: Error | null = null

  const die = (why: string, cause?: unknown): void => {
    dead ??= problem('SENDER_ENDED', { why }, cause)
    clearTimeout(silence)
    for (const { reject } of pending.values()) reject(dead)
    pending.clear()
    void worker.terminate()
  }
  const silence = setTimeout(
    () => die(`it has not said that it lives for ${SILENCE / 1000} s`),
    SILENCE,
  )
  worker.on('message', (told: Told) => {
    if (dead !== null) return
    silence.refresh()
    if (!('answer' in told)) {
      guarded(() => hear(told), die)
      return
    }
    const call = pending.get(told.answer)
    pending.delete(told.answer)
    if ('failure' in told) call?.reject(errorOf(told.failure))
    else call?.resolve(told.value as never)
  })
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error), error))
  worker.on('exit', (code) => die(`it left with code ${code}`))

  const ask = <V extends VerbName>(verb: V, argument: Verbs[V][0]): Promise<Verbs[V][1]> => {
    if (dead !== null) return Promise.reject(dead)
    const { promise, resolve, reject } = Promise.withResolvers<Verbs[V][1]>()
    const id = asked++
    pending.set(id, { resolve, reject })
    worker.postMessage({ id, verb, argument } satisfies Ask)
    return promise
  }
  return {
    ask,
    close: async () => {
      if (dead !== null) return
      try {
        await ask('close', undefined)
      } finally {
        die('it was closed')
        await worker.terminate()
      }
    },
  }
}

/** What cannot be written (a full disk) ends the run as the thread's death would. */
const guarded = (run: () => void, die: (why: string, cause: unknown) => void): void => {
  try {
    run()
  } catch (cause) {
    die(cause instanceof Error ? cause.message : String(cause), cause)
  }
}
