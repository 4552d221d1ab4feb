/** A request that the server refuses: nothing of it was applied. Answered as `{ "error": { "code", "message" } }`. */
export interface Refused extends Error {
  readonly status: 400 | 401 | 404 | 408 | 409 | 413 | 417 | 429 | 431 | 503 | 507
  readonly code: string
}

export const refused = (status: Refused['status'], code: string, message: string): Refused =>
  Object.assign(new Error(message), { status, code })

export const isRefused = (error: unknown): error is Refused =>
  error instanceof Error && 'status' in error && 'code' in error
