import { type EngineError, refusal } from '../../harness/model/index.ts'

/*
 * What an error means for a write, in one table. Milvus answers a status with a code (pkg/util/merr/errors.go of Milvus 2.5, the
 * numbers of milvus-lite beside them); the transport fails with a gRPC status (grpc.io, status codes). What stands here was
 * refused before it was appended to the log. All else may have been applied: unknown.
 */

/** Codes of a Milvus status after which a write surely changed nothing, each by the name that Milvus gives it: 10 is its ErrServiceUnimplemented. */
export const REFUSED_BY_MILVUS: Readonly<Record<number, string>> = {
  3: 'memory limit exceeded',
  4: 'request limit exceeded',
  6: 'cross cluster routing; milvus-lite: illegal argument',
  7: 'disk limit exceeded',
  8: 'rate limit exceeded',
  9: 'quota exceeded',
  10: 'not implemented',
  11: 'time tick long delay; milvus-lite: index does not exist',
  35: 'milvus-lite: index already exists',
  100: 'collection not found',
  101: 'collection not loaded',
  102: 'too many collections',
  105: 'illegal collection schema',
  107: 'vector clustering key not allowed',
  200: 'partition not found',
  700: 'index not found',
  701: 'index type not supported',
  702: 'index duplicates',
  800: 'database not found',
  801: 'too many databases',
  802: 'invalid database name',
  1100: 'invalid parameter',
  1101: 'missing parameter',
  1102: 'parameter too large',
  1303: 'writing is denied',
  1400: 'not authenticated',
  1401: 'privilege not permitted',
  1600: 'alias not found',
  1601: 'alias and collection name conflict',
  1602: 'alias already exists',
  1700: 'field not found',
}

/** gRPC status codes after which a write surely changed nothing, each by the name that gRPC gives it: 12 is its UNIMPLEMENTED. */
export const REFUSED_BY_GRPC: Readonly<Record<number, string>> = {
  3: 'invalid argument',
  5: 'not found',
  7: 'permission denied',
  8: 'resource exhausted: a message too large, or a limit',
  9: 'failed precondition',
  11: 'out of range',
  12: 'not implemented',
  16: 'not authenticated',
}

/** Of status 14, unavailable, what surely never left this machine: there was no connection to send it on. */
const NEVER_SENT = /No connection established|ECONNREFUSED|Name resolution failed/

export const NOT_FOUND = 100
export const RATE_LIMIT = 8
export const ALIAS_NOT_FOUND = 1600

/** A Milvus status; `error_code` is the older number or its name, `code` the newer. */
export interface Status {
  readonly error_code?: string | number
  readonly code?: number
  readonly reason?: string
}

/** What Milvus said; `code` is that of its status, `outcome` what it means for a write. */
export type MilvusError = EngineError & { code?: number }

/**
 * Both fields must say success: milvus-lite sets `code` alone where it meets an exception of its own, and the client looks at
 * `error_code` alone.
 */
export const isSuccess = ({ error_code, code }: Status): boolean =>
  (error_code === 'Success' || error_code === 0) && (code === undefined || code === 0)

/** The error that a status other than success is. */
export const statusError = (what: string, { error_code, code, reason }: Status): MilvusError => {
  const number = code || (typeof error_code === 'number' ? error_code : undefined)
  const text = `milvus: ${what}: ${reason || 'no reason given'} (${error_code ?? 'no error code'}, ${number ?? 'no code'})`
  const outcome = number !== undefined && number in REFUSED_BY_MILVUS ? 'fail' : 'unknown'
  return Object.assign(new Error(text), {
    outcome,
    ...(number === undefined ? {} : { code: number }),
  } as const)
}

/** The error that whatever the client threw is. */
export const thrownError = (what: string, cause: unknown): MilvusError => {
  if (typeof cause === 'object' && cause !== null && 'status' in cause)
    return statusError(what, cause.status as Status)
  if (!(cause instanceof Error)) return statusError(what, (cause ?? {}) as Status)
  // The client reads answers without looking whether they are errors: what the server said is lost then.
  if (cause instanceof TypeError)
    return unsure(`milvus: ${what}: it failed, and the client lost why (${cause.message})`, cause)
  const { code, details } = cause as Error & { code?: unknown; details?: string }
  if (typeof code !== 'number') return unsure(`milvus: ${what}: ${cause.message}`, cause)
  const surely = code in REFUSED_BY_GRPC || (code === 14 && NEVER_SENT.test(cause.message))
  const text = `milvus: ${what}: ${oneLine(details || cause.message)} (gRPC ${code}${code in REFUSED_BY_GRPC ? `: ${REFUSED_BY_GRPC[code]}` : ''})`
  return surely ? refusal(text, { cause }) : unsure(text, cause)
}

/** An error that says: it was sent, and what became of it is not known. */
export const unsure = (message: string, cause?: unknown): EngineError =>
  Object.assign(new Error(message, { cause }), { outcome: 'unknown' as const })

const oneLine = (text: string): string => text.replace(/\s*Resolution note:.*$/s, '').trim()
