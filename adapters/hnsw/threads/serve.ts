import { parentPort } from 'node:worker_threads'
import { isRefused } from '../refused.ts'
import { type Answer, type Call, type Refusal, transfersOf } from './messages.ts'

type Procedures = Readonly<Record<string, (...values: never[]) => unknown>>

/**
 * Lets the thread that started this one call the procedures, for as long as it wants, in the order of its calls. After `every` milliseconds the answers leave, together,
 * and what else this thread has to do gets its turn. What a procedure refuses is answered; whatever else it throws is a bug, which ends this thread.
 */
export const serve = <T extends object>(procedures: T, every: number): void => {
  const table = procedures as Procedures
  let answers: Answer[] = []
  const leave = (): void => {
    if (answers.length === 0) return
    parentPort!.postMessage(answers, transfersOf(answers))
    answers = []
  }
  const refuse = (ticket: number, error: unknown): void => {
    if (!isRefused(error)) throw error
    const { status, code, message } = error
    answers.push({ ticket, refusal: { status, code, message } satisfies Refusal })
  }
  const perform = ({ ticket, name, values }: Call): void => {
    try {
      const result = table[name]!(...(values as never[]))
      if (result instanceof Promise) void answerLater(ticket, result)
      else answers.push({ ticket, result })
    } catch (error) {
      refuse(ticket, error)
    }
  }
  const answerLater = async (ticket: number, result: Promise<unknown>): Promise<void> => {
    try {
      const settled = await result
      answers.push({ ticket, result: settled })
    } catch (error) {
      refuse(ticket, error)
    }
    leave()
  }
  /** Lists that came, the first of them from `next` on. */
  const lists: (readonly Call[])[] = []
  let next = 0
  const work = (): void => {
    const began = performance.now()
    try {
      for (let [list] = lists; list; [list] = lists) {
        while (next < list.length) {
          perform(list[next++]!)
          if (performance.now() - began >= every) return void setImmediate(work)
        }
        lists.shift()
        next = 0
      }
    } finally {
      leave()
    }
  }
  parentPort!.on('message', (calls: readonly Call[]) => {
    lists.push(calls)
    // Else it is under way, and comes to them.
    if (lists.length === 1) work()
  })
}
