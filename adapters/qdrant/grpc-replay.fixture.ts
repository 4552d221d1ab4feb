import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Engine, Stored } from '../../harness/model/index.ts'

/** One call as it went over the wire: messages without their five bytes of frame, in base64. */
export interface Call {
  readonly path: string
  readonly request: string
  readonly response: string
  /** gRPC code; 0 is ok. */
  readonly status: number
  readonly message: string
}

export const RECORDED_CALLS = JSON.parse(
  readFileSync(new URL('./testdata/grpc-1.19.0.json', import.meta.url), 'utf8'),
) as { readonly about: string; readonly calls: readonly Call[] }

const rows: readonly Stored[] = [
  { id: 1, version: 3, vector: Float32Array.of(1, 0) },
  { id: 2, version: 4, vector: Float32Array.of(0, 1) },
]

/** What was recorded: each step, and what the adapter makes of its answer. */
export const STEPS: readonly (readonly [
  (engine: Engine, signal: AbortSignal) => unknown,
  unknown,
])[] = [
  [(engine, signal) => engine.upsert(rows, signal), undefined],
  [(engine, signal) => engine.search(Float32Array.of(1, 0), 2, signal, 40), hits(1, 2)],
  [(engine, signal) => engine.exact!(Float32Array.of(0, 1), 1, signal), hits(2)],
  [(engine, signal) => engine.get!([2, 9], signal), hits(2)],
  [(engine, signal) => engine.delete([1], signal), undefined],
  [(engine, signal) => engine.count!(signal), 1],
  [(engine, signal) => engine.search(Float32Array.of(1), 1, signal), /expected dim: 2, got 1/],
]

function hits(...ids: readonly number[]) {
  return ids.map((id) => ({ id, version: id + 2 }))
}

/** Answers a request whose bytes were recorded with the bytes recorded for it; any other is an error that says so. */
export const openReplay = async (): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer()
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', async (stream: ServerHttp2Stream, headers) => {
    const request = (await messageOf(stream)).toString('base64')
    const path = headers[':path']
    const call = RECORDED_CALLS.calls.find((one) => one.path === path && one.request === request)
    answer(
      stream,
      call ?? { status: 12, message: `${path} ${request} was not recorded`, response: '' },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      for (const session of sessions) session.destroy()
      await once(server, 'close')
    },
  }
}

const FRAME = 5

const messageOf = async (stream: ServerHttp2Stream): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).subarray(FRAME)
}

const answer = (
  stream: ServerHttp2Stream,
  { status, message, response }: Pick<Call, 'status' | 'message' | 'response'>,
): void => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () =>
    stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': encodeURI(message) }),
  )
  const bytes = Buffer.from(response, 'base64')
  const frame = Buffer.alloc(FRAME)
  frame.writeUInt32BE(bytes.length, 1)
  stream.end(status === 0 ? Buffer.concat([frame, bytes]) : undefined)
}
