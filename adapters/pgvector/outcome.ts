import type { EngineError } from '../../harness/model/index.ts'

/**
 * Classes of SQLSTATE (PostgreSQL manual, appendix A) after which a statement surely changed nothing: the server
 * answered that it refused it or rolled it back. All else (08 connection, 57 shutdown or cancellation, 58 system, XX
 * internal, and errors without a code: sockets) leaves open whether it was committed.
 */
const SURELY_NOT: Readonly<Record<string, string>> = {
  '0A': 'feature not supported',
  21: 'cardinality violation',
  22: 'data exception',
  23: 'constraint violation',
  25: 'invalid transaction state, as on a standby',
  28: 'authorisation',
  '3D': 'no such database',
  '3F': 'no such schema',
  40: 'rolled back',
  42: 'syntax error, missing relation or privilege',
  53: 'insufficient resources',
  54: 'limit exceeded',
  55: 'object not in the required state',
}
/** Of class 40, the one that does not know: statement_completion_unknown. */
const UNSURE = '40003'

/** What became of a statement that was sent and failed. */
export const outcomeOf = (error: unknown): 'fail' | 'unknown' => {
  const code = sqlState(error)
  return code !== undefined && code !== UNSURE && code.slice(0, 2) in SURELY_NOT
    ? 'fail'
    : 'unknown'
}

/** The five characters of SQLSTATE; a socket's error (`EPIPE` has five too) carries no severity. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && 'severity' in error ? String(error.code) : undefined

/** An error that says: it was sent, and what became of it is not known. */
export const unsure = (message: string, cause?: unknown): EngineError =>
  Object.assign(new Error(message, { cause }), { outcome: 'unknown' as const })
