import { parentPort } from 'node:worker_threads'
import { isRefused } from '../refused.ts'
import { type Answer, type Call, type Refusal, transfersOf } from './messages.ts'

type Procedures = Readonly<Record<string, (...values: never[]) => unknown>>

/**
 * Lets the thread that started this one call the procedures, for as long as it wants. Answers leave together, but none waits more than
 * `every` milliseconds for the work of others. What a procedure refuses is answered; whatever else it throws is a bug, which ends this thread.
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
  parentPort!.on('message', (calls: readonly Call[]) => {
    let since = performance.now()
    try {
      for (const call of calls) {
        perform(call)
        if (performance.now() - since < every) continue
        leave()
        since = performance.now()
      }
    } finally {
      leave()
    }
  })
}
