import { ConnectError, ConnectErrorCode } from '@qdrant/js-client-grpc'
import { type EngineError, refusal } from '../../harness/model/index.ts'
import { KEYS } from './options.ts'

/** What an error of one of the two clients means for a write that was sent. */
export interface Meaning {
  /** Who says it: an HTTP status of REST, a gRPC code, or the socket below either. */
  readonly of: 'rest' | 'grpc' | 'socket'
  readonly code: number | string
  readonly means: string
  readonly outcome: 'fail' | 'unknown'
}

const meaning =
  (of: Meaning['of'], outcome: Meaning['outcome']) =>
  (code: Meaning['code'], means: string): Meaning => ({ of, code, means, outcome })
const refusedByRest = meaning('rest', 'fail')
const openByRest = meaning('rest', 'unknown')
const refusedByGrpc = meaning('grpc', 'fail')
const openByGrpc = meaning('grpc', 'unknown')
const neverSent = meaning('socket', 'fail')
const { InvalidArgument, NotFound, AlreadyExists, PermissionDenied, Unauthenticated } =
  ConnectErrorCode
const { Unimplemented, OutOfRange, ResourceExhausted, FailedPrecondition } = ConnectErrorCode
const { Canceled, DeadlineExceeded, Aborted, Internal, Unavailable, DataLoss, Unknown } =
  ConnectErrorCode

const NO_KEY = `no API key, or a wrong one: it is read from ${KEYS.join(' or ')}`

/**
 * The table: `fail` only where the request was surely not carried out. The statuses and codes are those that the server
 * gives its errors (1.19.0: src/actix/helpers.rs, storage/content_manager/conversions.rs); what is not here is unknown.
 */
export const MEANINGS: readonly Meaning[] = [
  refusedByRest(400, 'wrong input, wrong dimension, or against the strict mode of the collection'),
  refusedByRest(401, NO_KEY),
  refusedByRest(403, 'the API key does not allow it, or writes are locked'),
  refusedByRest(404, 'there is no such collection'),
  refusedByRest(405, 'the server does not offer it'),
  openByRest(408, 'the server gave up waiting'),
  refusedByRest(409, 'it exists already'),
  refusedByRest(413, 'the body is larger than max_request_size_mb'),
  refusedByRest(422, 'a value is outside its range'),
  refusedByRest(429, 'over the rate limit'),
  openByRest(500, 'an error in the server, perhaps half way'),
  openByRest(502, 'a proxy had no answer'),
  openByRest(503, 'a shard was not available, perhaps half way'),
  openByRest(504, 'a proxy gave up waiting'),
  openByRest(507, 'no room left, perhaps half way'),
  refusedByGrpc(InvalidArgument, 'wrong input, wrong dimension, or against the strict mode'),
  refusedByGrpc(NotFound, 'there is no such collection'),
  refusedByGrpc(AlreadyExists, 'it exists already'),
  refusedByGrpc(PermissionDenied, 'the API key does not allow it'),
  refusedByGrpc(Unauthenticated, NO_KEY),
  refusedByGrpc(Unimplemented, 'the server does not offer it'),
  refusedByGrpc(OutOfRange, 'the message is larger than the server takes'),
  openByGrpc(ResourceExhausted, 'a rate limit, no room left, or a connection that was throttled'),
  openByGrpc(FailedPrecondition, 'writes are locked, or a condition failed half way'),
  openByGrpc(Canceled, 'given up on the way'),
  openByGrpc(DeadlineExceeded, 'the server gave up waiting'),
  openByGrpc(Aborted, 'the connection was lost'),
  openByGrpc(Internal, 'an error in the server, perhaps half way'),
  openByGrpc(Unavailable, 'the connection was lost, or a shard was not available'),
  openByGrpc(DataLoss, 'a checksum did not match'),
  openByGrpc(Unknown, 'an error without a code'),
  neverSent('ECONNREFUSED', 'nobody listens there'),
  neverSent('ENOTFOUND', 'there is no such host'),
  neverSent('EAI_AGAIN', 'the name of the host was not resolved'),
  neverSent('UND_ERR_CONNECT_TIMEOUT', 'no connection came about'),
]

/** The row of the table that an error belongs to; none: unknown. The socket below speaks before the client above it. */
export const meaningOf = (error: unknown): Meaning | undefined => {
  const socket = find('socket', socketCode(error))
  if (socket) return socket
  if (error instanceof ConnectError) return find('grpc', error.code)
  return find('rest', statusOf(error))
}

const find = (of: Meaning['of'], code: Meaning['code'] | undefined): Meaning | undefined =>
  MEANINGS.find((one) => one.of === of && one.code === code)

/** The HTTP status that an error of the REST client carries. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined

/** What the operating system, or undici, calls it: the first such code down the chain of causes. */
const socketCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return socketCode(error.cause)
}

/** The error that a caller gets for one of a client. */
export const lost = (what: string, error: unknown, signal: AbortSignal): EngineError =>
  signal.aborted
    ? unsure(`qdrant: ${what}: aborted before it was answered`, { cause: signal.reason })
    : translated(what, error)

/** Outcome by the table, the sentence of whoever refused. */
const translated = (what: string, error: unknown): EngineError => {
  const known = meaningOf(error)
  const because = known ? ` (${known.means})` : ''
  const message = `qdrant: ${what}: ${sentenceOf(error)}${because}`
  return known?.outcome === 'fail'
    ? refusal(message, { cause: error })
    : unsure(message, { cause: error })
}

/** What the server said, in JSON or, as for a missing key, in plain text; else what the client or the socket says. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof ConnectError) return deepest(error) ?? error.rawMessage
  const status = statusOf(error)
  if (status === undefined) return deepest(error) ?? String(error)
  const said = error as { data?: { status?: { error?: unknown } } | string }
  const data = typeof said.data === 'string' ? said.data : said.data?.status?.error
  const reason = typeof data === 'string' ? data : ''
  return `${status} ${reason.replace(/\s+/g, ' ').trim().slice(0, MOST_QUOTED) || 'without a reason'}`
}
const MOST_QUOTED = 200

/** `fetch failed` says nothing; its cause does. */
const deepest = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const below = deepest(error.cause)
  if (below !== undefined) return below
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return error instanceof ConnectError ? error.rawMessage : error.message || code || undefined
}

/** An error that says: it was sent, and what became of it is not known. */
export const unsure = (message: string, more: { cause?: unknown } = {}): EngineError =>
  Object.assign(new Error(message, more), { outcome: 'unknown' as const })
