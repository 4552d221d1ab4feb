import { problem } from '../../errors.ts'

/** Limits of what is asked outside the run, in seconds without a sign of progress. */
export const LIMIT = {
  open: 60,
  load: 300,
  settle: 1800,
  drop: 120,
  lookup: 60,
  query: 60,
} as const

/**
 * Runs something that must not hang: its signal is aborted, and NOT_ANSWERED thrown, after `seconds` without progress.
 * `progress` starts the time anew.
 */
export const within = async <T>(
  seconds: number,
  what: string,
  run: (signal: AbortSignal, progress: () => void) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  const expire = (): void => {
    const error = problem('NOT_ANSWERED', { seconds, what })
    reject(error)
    controller.abort(error)
  }
  const timer = setTimeout(expire, seconds * 1000)
  try {
    return await Promise.race([run(controller.signal, () => timer.refresh()), over])
  } finally {
    clearTimeout(timer)
  }
}
