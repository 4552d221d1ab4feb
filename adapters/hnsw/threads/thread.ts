import { Worker } from 'node:worker_threads'
import { type Refused, refused } from '../refused.ts'
import { type Answer, type Ask, type Call, transfersOf } from './messages.ts'

/** A thread of this process that has the procedures of T. */
export interface Thread<T> {
  readonly ask: Ask<T>
  /** Calls not answered yet. */
  readonly waiting: number
  /** Seconds that it has worked. */
  busy(): number
  /** Resolves with the reason when the thread has ended and nobody closed it: every call was rejected with it then. */
  readonly lost: Promise<Error>
  /** Ends it; what it has not answered is rejected. */
  close(): Promise<void>
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** Starts the thread whose file here is called `entry`. What is asked in one turn of the event loop is sent together. */
export const openThread = <T>(entry: string, whatEnds: (reason: string) => Error): Thread<T> => {
  const worker = new Worker(new URL(`./${entry}${extension}`, import.meta.url))
  const asked = new Map<number, Waiting>()
  const { promise: lost, resolve: lose } = Promise.withResolvers<Error>()
  let calls: Call[] = []
  let last = 0
  let ended: Error | null = null

  const send = (): void => {
    worker.postMessage(calls, transfersOf(calls.flatMap(({ values }) => values)))
    calls = []
  }
  const ask = (name: string, ...values: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      const ticket = ++last
      asked.set(ticket, { resolve, reject })
      if (calls.push({ ticket, name, values }) === 1) setImmediate(send)
    })
  const end = (reason: Error): void => {
    if (ended) return
    ended = reason
    for (const { reject } of asked.values()) reject(reason)
    asked.clear()
  }
  worker.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) {
      const waiting = asked.get(answer.ticket)
      asked.delete(answer.ticket)
      if ('result' in answer) waiting?.resolve(answer.result)
      else waiting?.reject(refusedAgain(answer.refusal))
    }
  })
  worker.on('error', (error) => void loseBy(error instanceof Error ? error.message : `${error}`))
  worker.on('exit', () => void loseBy('it has exited'))
  const loseBy = (why: string): void => {
    if (ended) return
    end(whatEnds(why))
    lose(ended!)
  }
  return {
    ask: ask as Ask<T>,
    get waiting() {
      return asked.size
    },
    busy: () => worker.performance.eventLoopUtilization().active / 1000,
    lost,
    close: async () => {
      end(refused(503, 'stopping', 'the server is stopping'))
      await worker.terminate()
    },
  }
}

const refusedAgain = ({
  status,
  code,
  message,
}: {
  status: number
  code: string
  message: string
}) => refused(status as Refused['status'], code, message)
