import { MessagePort, type Transferable } from 'node:worker_threads'

/**
 * How threads speak: what one asks of another is a call of one of its procedures, by name. Calls travel in lists, so that what waits is
 * sent together, and are begun in their order; every one is answered once.
 */
export interface Call {
  readonly ticket: number
  readonly name: string
  readonly values: readonly unknown[]
}

export type Answer =
  | { readonly ticket: number; readonly result: unknown }
  | { readonly ticket: number; readonly refusal: Refusal }

/** What a clone of a `Refused` would lose. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Calls a procedure of T in the thread that has it. Rejects with `Refused` for what it refuses, or when that thread has ended. */
export type Ask<T> = <Name extends keyof T & string>(
  name: Name,
  ...values: Values<T[Name]>
) => Promise<Result<T[Name]>>

type Values<P> = P extends (...values: infer V) => unknown ? V : never
type Result<P> = P extends (...values: never[]) => infer R ? Awaited<R> : never

/** The buffers of arrays and the ports among the values, which go over to the other thread: nobody here may use them again. */
export const transfersOf = (values: readonly unknown[]): Transferable[] => {
  const found = new Set<Transferable>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer)
    else if (value instanceof MessagePort) found.add(value)
    else if (Array.isArray(value)) value.forEach(look)
    else if (Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(look)
  }
  look(values)
  return [...found]
}
