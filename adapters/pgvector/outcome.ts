import type { EngineError } from '../../harness/model/index.ts'

/**
 * What each error of the client means for the statement that met it: by SQLSTATE (PostgreSQL manual, appendix A), by the two
 * characters of its class, by the code of a socket. The longer entry goes first; what is not here is `unknown`. `fail`: it
 * surely changed nothing, since it was never sent, or the server answered that it refused it or rolled it back. `unknown`: it
 * was sent, and may have been committed before the answer was lost.
 */
export const MEANING: Readonly<Record<string, readonly ['fail' | 'unknown', string]>> = {
  '08': ['unknown', 'connection exception'],
  '0A': ['fail', 'feature not supported'],
  21: ['fail', 'cardinality violation'],
  22: ['fail', 'data exception: a vector of other dimensions, or not finite'],
  23: ['fail', 'constraint violation'],
  25: ['fail', 'invalid transaction state, as on a standby'],
  28: ['fail', 'authorisation'],
  '3D': ['fail', 'no such database'],
  '3F': ['fail', 'no such schema'],
  40: ['fail', 'rolled back: deadlock, serialisation'],
  '40003': ['unknown', 'statement completion unknown'],
  42: ['fail', 'syntax error, missing relation or privilege'],
  53: ['fail', 'insufficient resources: disk, memory, connections'],
  54: ['fail', 'limit exceeded'],
  55: ['fail', 'object not in the required state, lock not available'],
  57: ['unknown', 'operator intervention: the server goes down'],
  '57014': ['fail', 'cancelled, as by statement_timeout: rolled back'],
  '57P03': ['fail', 'the server starts or stops, and takes no connection'],
  58: ['unknown', 'system error'],
  XX: ['unknown', 'internal error'],
  ECONNREFUSED: ['fail', 'no server listens: nothing was sent'],
  ENOTFOUND: ['fail', 'no such host: nothing was sent'],
  EAI_AGAIN: ['fail', 'the host name cannot be resolved now: nothing was sent'],
  ECONNRESET: ['unknown', 'the server cut the connection'],
  EPIPE: ['unknown', 'the connection is gone'],
  ETIMEDOUT: ['unknown', 'the network gave up'],
  EHOSTUNREACH: ['unknown', 'the network lost the host, perhaps on the way'],
}

/** What became of a statement that failed. */
export const outcomeOf = (error: unknown): 'fail' | 'unknown' => {
  const state = sqlState(error)
  if (state !== undefined) return (MEANING[state] ?? MEANING[state.slice(0, 2)])?.[0] ?? 'unknown'
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : ''
  return MEANING[`${code}`]?.[0] ?? 'unknown'
}

/** The five characters of SQLSTATE; a socket's error (`EPIPE` has five too) carries no severity. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && 'severity' in error ? String(error.code) : undefined

/** An error that says: it was sent, and what became of it is not known. */
export const unsure = (message: string, cause?: unknown): EngineError =>
  Object.assign(new Error(message, { cause }), { outcome: 'unknown' as const })
