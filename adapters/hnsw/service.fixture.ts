import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCollections } from './collections.ts'
import { createService, type ServiceOptions } from './service.ts'
import { openThreads, type Threads } from './threads/index.ts'

export interface Reply {
  readonly status: number
  readonly type: string | null
  readonly headers: Headers
  readonly bytes: Uint8Array
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sent
  readonly json: any
}
export type Ask = (
  method: string,
  path: string,
  body?: Uint8Array | object,
  type?: string,
  token?: string,
) => Promise<Reply>

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** A service of its own for one test, asked over HTTP. */
export const withService = async (
  use: (ask: Ask, stop: () => Promise<void>, server: Server, threads: Threads) => Promise<void>,
  { searchers = 0, ...options }: ServiceOptions & { searchers?: number } = {},
) => {
  const threads = openThreads(searchers)
  const collections = createCollections(threads.writer, undefined, threads.searchers?.forget)
  const { server, stop } = createService(collections, threads, options)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await use(askOf(portOf(server)), stop, server, threads)
  } finally {
    server.closeAllConnections()
    server.close()
    await threads.close()
  }
}

export const askOf =
  (port: number): Ask =>
  async (method, path, body, type, token) => {
    const binary = body instanceof Uint8Array
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        'content-type': type ?? `application/${binary ? 'octet-stream' : 'json'}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: binary ? Buffer.from(body) : JSON.stringify(body) }),
    })
    const bytes = new Uint8Array(await reply.arrayBuffer())
    const mime = reply.headers.get('content-type')
    const text = Buffer.from(bytes).toString()
    const json = mime === 'application/json' ? JSON.parse(text) : null
    return { status: reply.status, type: mime, headers: reply.headers, bytes, text, json }
  }

/** A collection whose tombstones stay until somebody asks. */
export const PLAIN = { dimensions: 2, metric: 'l2', consolidation: 'off' } as const
export const refusedAs = (
  { status, json }: Reply,
  expected: number,
  code: string,
  text = /./,
): void => {
  assert.deepEqual([status, json.error.code], [expected, code], JSON.stringify(json))
  assert.deepEqual(Object.keys(json), ['error'])
  assert.match(json.error.message, text)
}
