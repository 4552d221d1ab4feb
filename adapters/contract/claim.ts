import type { EngineError } from '../../harness/model/index.ts'

/** Thrown where a case asks for what an adapter does not claim to have. */
const UNSUPPORTED = Symbol('unsupported')

export const unsupported = (why: string): Error =>
  Object.assign(new Error(why), { [UNSUPPORTED]: true })

export const isUnsupported = (error: unknown): error is Error =>
  error instanceof Error && UNSUPPORTED in error

/** Ends the case as failed unless it holds; `sentence` says what should have been, and what was. */
export function claim(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence)
}

const waitedFor = async <T>(what: string, promise: Promise<T>, patience: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const never = new Promise<never>((_, reject) => {
    const sentence = `${what} neither resolved nor rejected within ${patience} ms`
    timer = setTimeout(() => reject(new Error(sentence)), patience)
  })
  try {
    return await Promise.race([promise, never])
  } finally {
    clearTimeout(timer)
  }
}

/** The error that a promise is rejected with; fails if it resolves, or does neither in time. */
export const rejection = async (
  what: string,
  promise: Promise<unknown>,
  patience: number,
): Promise<EngineError> => {
  const RESOLVED = Symbol('resolved')
  const settled = promise.then(
    () => RESOLVED,
    (error: unknown) => error,
  )
  const error = await waitedFor(what, settled, patience)
  claim(error !== RESOLVED, `${what} should be rejected; it resolved`)
  claim(error instanceof Error, `${what} was rejected with ${String(error)}, which is no Error`)
  return error
}

export { waitedFor }
