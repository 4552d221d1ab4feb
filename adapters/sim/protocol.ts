/**
 * The sim's wire format. Both directions carry frames; numbers are little-endian.
 *
 *   request  u32 bytes that follow · u32 request · u8 verb (place in VERBS) · u8 length of the name · name · body
 *   answer   u32 bytes that follow · u32 request · u8 status (place in STATUSES) · body
 *
 * Requests may be answered in any order; the number says which is which. Bodies:
 *
 *   open          JSON { dimensions, metric }               -> nothing
 *   upsert, load  u32 dimensions, u32 n, n·u32 ids, n·u32 versions, n·dimensions·f32     -> nothing
 *   delete        n·u32 ids                                 -> nothing
 *   search, exact u32 k, f32 …                              -> hits
 *   get           n·u32 ids                                 -> hits
 *   count, stats, facts   nothing                           -> JSON
 *   settle, compact, drop nothing                           -> nothing
 *   swap          the name that the alias is to point at    -> nothing
 *
 * Hits are pairs of u32 id, u32 version, nearest first. The body of an error is its sentence.
 */
export const VERBS = [
  'open',
  'upsert',
  'load',
  'delete',
  'search',
  'exact',
  'get',
  'count',
  'stats',
  'facts',
  'settle',
  'compact',
  'drop',
  'swap',
] as const
export type Verb = (typeof VERBS)[number]

const STATUSES = ['ok', 'fail', 'unknown'] as const
export type Status = (typeof STATUSES)[number]

export type Bytes = Uint8Array<ArrayBuffer>
export const NOTHING: Bytes = new Uint8Array(0)

const frame = (header: number, body: Bytes, fill: (frame: Buffer) => void): Buffer => {
  const bytes = Buffer.allocUnsafe(4 + header + body.length)
  bytes.writeUInt32LE(header + body.length, 0)
  fill(bytes)
  bytes.set(body, 4 + header)
  return bytes
}

/** The bytes of a request; `name` is plain ASCII of at most 255 letters. */
export const requestFrame = (request: number, verb: Verb, name: string, body: Bytes): Buffer =>
  frame(6 + name.length, body, (bytes) => {
    bytes.writeUInt32LE(request, 4)
    bytes[8] = VERBS.indexOf(verb)
    bytes[9] = name.length
    bytes.write(name, 10, 'latin1')
  })

export const answerFrame = (request: number, status: Status, body: Bytes): Buffer =>
  frame(5, body, (bytes) => {
    bytes.writeUInt32LE(request, 4)
    bytes[8] = STATUSES.indexOf(status)
  })

export interface Request {
  readonly request: number
  readonly verb: Verb
  readonly name: string
  readonly body: Bytes
}

export const readRequest = (bytes: Buffer): Request => ({
  request: bytes.readUInt32LE(0),
  verb: VERBS[bytes[4]!]!,
  name: bytes.toString('latin1', 6, 6 + bytes[5]!),
  body: new Uint8Array(bytes.subarray(6 + bytes[5]!)),
})

export interface Answer {
  readonly request: number
  readonly status: Status
  readonly body: Bytes
}

export const readAnswer = (bytes: Buffer): Answer => ({
  request: bytes.readUInt32LE(0),
  status: STATUSES[bytes[4]!]!,
  body: new Uint8Array(bytes.subarray(5)),
})

/** Cuts a stream of chunks into frames, without their length; a frame is valid during the call. */
export const frameReader = (onFrame: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer[] = []
  let length = 0
  let wanted = 4
  return (chunk) => {
    rest.push(chunk)
    length += chunk.length
    if (length < wanted) return
    let bytes = rest.length === 1 ? chunk : Buffer.concat(rest)
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32LE(0)) {
      const end = 4 + bytes.readUInt32LE(0)
      onFrame(bytes.subarray(4, end))
      bytes = bytes.subarray(end)
    }
    rest = bytes.length > 0 ? [bytes] : []
    length = bytes.length
    wanted = bytes.length >= 4 ? 4 + bytes.readUInt32LE(0) : 4
  }
}
