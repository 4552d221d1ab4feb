/** What the server refuses with, and why. */
export const REFUSALS = {
  400: 'wrong',
  401: 'no token',
  404: 'not there',
  405: 'a method that the path does not have (Allow)',
  408: 'it did not arrive in time',
  409: 'in the way',
  413: 'too large',
  417: 'an expectation that is not met',
  429: 'the queue of writes is full (Retry-After)',
  431: 'headers too large',
  503: 'starting or stopping (Retry-After), or out of memory',
  507: 'the disk is full',
} as const

/** A request that the server refuses: nothing of it was applied. Answered as `{ "error": { "code", "message" } }`. */
export interface Refused extends Error {
  readonly status: keyof typeof REFUSALS
  readonly code: string
  /** The methods that the path has, of a 405. */
  readonly allow?: string
}

export const refused = (status: Refused['status'], code: string, message: string): Refused =>
  Object.assign(new Error(message), { status, code })

export const isRefused = (error: unknown): error is Refused =>
  error instanceof Error && 'status' in error && 'code' in error
